import { describe, expect, test } from '@jest/globals';
import { type BehaviourOptions, createEgainEmulator } from '../src/index.ts';
import { BEHAVIOUR_VALUES, resolveBehaviour } from '../src/resolve-behaviour.ts';

describe('the switches', () => {
  test('stand at their first value unless they are told otherwise', () => {
    const defaults = Object.fromEntries(Object.entries(BEHAVIOUR_VALUES).map(([name, [first]]) => [name, first]));
    expect(resolveBehaviour()).toEqual(defaults);
    expect(resolveBehaviour({ expiresIn: 'absent' })).toEqual({ ...defaults, expiresIn: 'absent' });
    const unset = { expiresIn: undefined } as unknown as BehaviourOptions;
    expect(resolveBehaviour(unset)).toEqual(defaults);
  });

  test.each([
    [
      'a switch that does not exist',
      { expiresin: 'absent' },
      'behaviour.expiresin is no switch. There are: generation,',
    ],
    ['an inherited name', { toString: 'x' }, 'behaviour.toString is no switch'],
    [
      'a value that is none of its own',
      { expiresIn: 'never' },
      'behaviour.expiresIn "never" is not one of: number, string, absent.',
    ],
    [
      'text where a boolean is meant',
      { issOnRedirect: 'true' },
      'behaviour.issOnRedirect "true" is not one of: false, true.',
    ],
    ['something that is no object', 'commercial', 'behaviour is no object of switches.'],
    ['null', null, 'behaviour is no object of switches.'],
  ])('refuse %s before the emulator listens', (_name, behaviour, message) => {
    const create = () => createEgainEmulator({ behaviour: behaviour as BehaviourOptions });
    expect(create).toThrow(TypeError);
    expect(create).toThrow(message);
  });
});
