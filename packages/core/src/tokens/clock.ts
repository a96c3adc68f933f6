/** How far the wall clock may run ahead before that counts as time that passed. */
const TOLERANCE_MS = 1000;

/**
 * How old things are, in milliseconds since some moment. It never runs slower than either clock of the machine: the
 * monotonic one stops while a machine is suspended, and the wall clock can be set back; believing the faster of the two
 * a token may be thought older than it is, but never younger (F34, F35).
 */
export function createAgeClock(): () => number {
  let wall = Date.now();
  let behind = wall - performance.now();
  let leaps = 0;
  let age = performance.now();
  return () => {
    const now = Date.now();
    // At most once a millisecond: reading two clocks would cost more than all the rest of a cache hit.
    if (now === wall) return age;
    wall = now;
    const elapsed = performance.now();
    const drift = now - elapsed - behind;
    if (drift > TOLERANCE_MS) leaps += drift;
    if (Math.abs(drift) > TOLERANCE_MS) behind += drift;
    age = elapsed + leaps;
    return age;
  };
}
