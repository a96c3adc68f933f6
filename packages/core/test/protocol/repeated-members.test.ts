import { expect, test } from '@jest/globals';
import { repeatedMembers } from '../../src/protocol/repeated-members.ts';

test.each<[text: string, repeated: string[]]>([
  ['{}', []],
  ['{"a":1}', []],
  ['{"a":1,"b":2}', []],
  ['{"a":1,"a":1}', ['a']],
  ['{"a":1,"b":2,"a":3,"b":4,"a":5}', ['a', 'b']],
  [' \r\n\t{ "a" \n:1 , "a"\t: 2 } ', ['a']],
  ['{"a":1,"\\u0061":2}', ['a']],
  ['{"__proto__":1,"__proto__":2}', ['__proto__']],
  ['{"":1,"":2}', ['']],
  ['{"a":"a","b":"a"}', []],
  ['{"a":["a","a"],"b":["a"]}', []],
  ['{"a":{"b":1,"b":2},"b":{"a":{"a":1}}}', []],
  ['{"a":[[],{}],"b":"}]","a":{}}', ['a']],
  ['{"a":"\\"","a":"\\\\"}', ['a']],
  ['{"a":"\\\\\\"","b":"\\\\","a":1}', ['a']],
  ['{"a":"\\",\\"a\\":1","b":1}', []],
  ['{"A":1,"a":1}', []],
])('%s', (text, repeated) => {
  expect(() => JSON.parse(text)).not.toThrow();
  expect([...repeatedMembers(text)].sort()).toEqual(repeated);
});

test('a mebibyte of strings, escapes or nesting takes no time to speak of', () => {
  const texts = [
    `{"a":"${'\\"'.repeat(500_000)}"}`,
    `{"a":${'['.repeat(500_000)}${']'.repeat(500_000)}}`,
    `{"a"${' '.repeat(1_000_000)}:1}`,
    `{${Array.from({ length: 100_000 }, (_, index) => `"${index}":1`).join(',')}}`,
  ];
  const startedAt = performance.now();
  for (const text of texts) expect(repeatedMembers(text).size).toBe(0);
  expect(performance.now() - startedAt).toBeLessThan(2000);
});
