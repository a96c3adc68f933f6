import type { EmulatorClock } from '../clock.ts';
import { assertFault } from './assert-fault.ts';
import type { Fault, FaultedRequest, FaultTarget, ScriptedFault } from './fault.ts';
import { createFaultAnswer, type FaultAnswer } from './fault-answer.ts';

export interface Faults {
  /** @throws {TypeError} when it is no target, or not exactly one kind of fault. */
  readonly add: (target: FaultTarget, fault: Fault) => ScriptedFault;
  readonly clear: () => void;
  /** The fault of this request, if it has one: that counts as a hit. */
  readonly take: (request: FaultedRequest, isAnonymousToken: boolean) => FaultAnswer | undefined;
}

interface Script {
  readonly target: FaultTarget;
  readonly when: (request: FaultedRequest) => boolean;
  readonly times: number;
  readonly answer: FaultAnswer;
  hits: number;
}

/** Of several faults for a request the oldest comes first: scripted one after the other, they happen one after the other. */
export function createFaults(clock: EmulatorClock): Faults {
  const scripts = new Set<Script>();
  const isOver = ({ hits, times, answer }: Script) => hits >= times || clock.now() >= (answer.endsAt ?? Infinity);
  return {
    add: (target, fault) => {
      assertFault(target, fault);
      const { times = Infinity, when = () => true } = fault;
      const script = { target, when, times, answer: createFaultAnswer({ ...fault }, target, clock), hits: 0 };
      scripts.add(script);
      return {
        get hits() {
          return script.hits;
        },
        clear: () => void scripts.delete(script),
      };
    },
    clear: () => scripts.clear(),
    take: (request, isAnonymousToken) => {
      for (const script of scripts) {
        if (isOver(script)) scripts.delete(script);
        else if (isFor(script, request, isAnonymousToken) && script.when(request)) {
          script.hits += 1;
          return script.answer;
        }
      }
      return undefined;
    },
  };
}

const isFor = ({ target }: Script, { kind }: FaultedRequest, isAnonymousToken: boolean): boolean =>
  target === kind || (target === 'anonymous-token' && isAnonymousToken);
