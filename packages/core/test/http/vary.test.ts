import { describe, expect, test } from '@jest/globals';
import { mergeVary } from '../../src/http/vary.ts';

describe('Vary', () => {
  test.each<[name: string, values: (string | string[] | undefined)[], merged: string]>([
    ['no header', [undefined, 'Cookie'], 'Cookie'],
    ['an empty header', ['', 'Cookie'], 'Cookie'],
    ['the application’s name', ['Accept-Encoding', 'Cookie'], 'Accept-Encoding, Cookie'],
    ['a name twice', ['Cookie, Accept', 'cookie', 'ACCEPT'], 'Cookie, Accept'],
    ['a list of lines', [['Origin', 'Accept , Origin'], 'Cookie'], 'Origin, Accept, Cookie'],
    ['*', ['*', 'Cookie'], '*'],
    ['* among names', ['Accept, *', 'Cookie'], '*'],
    ['a name of an object’s prototype', ['constructor', 'Cookie'], 'constructor, Cookie'],
  ])('T113: %s', (_name, values, merged) => {
    expect(mergeVary(...values)).toBe(merged);
  });
});
