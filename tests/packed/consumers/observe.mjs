// Imported before anything else: what Node gave this process, to be compared with what is left of it later.
const DISPATCHER = Symbol.for('undici.globalDispatcher.1');

/** `awake`: the application has used fetch before. Node loads its own undici at the first touch of one of its classes. */
if (process.argv.includes('awake')) void globalThis.Headers;

const fetchAtStart = globalThis.fetch;
const dispatcherAtStart = globalThis[DISPATCHER];

/** Looks without touching. The text of a class tells Node's own undici from every installed one. */
export function observe() {
  const dispatcher = globalThis[DISPATCHER];
  return {
    fetch: globalThis.fetch === fetchAtStart ? 'the same' : 'another',
    dispatcher: dispatcher && String(dispatcher.constructor),
    isReplaced: dispatcherAtStart !== undefined && dispatcher !== dispatcherAtStart,
  };
}
