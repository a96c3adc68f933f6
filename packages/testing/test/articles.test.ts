import { describe, expect, test } from '@jest/globals';
import { ARTICLES, searchArticles } from '../src/articles.ts';

const idsOf = (query: string) => searchArticles(query).map(({ article }) => article.id);

describe('searching articles', () => {
  test.each([
    ['a word of the name', 'co-signer', 'PROD-2679'],
    ['another case', 'FAIR LENDING', 'PROD-2996'],
    ['a word of the content only', 'chargeback', 'PROD-3124'],
    ['the start of a word', 'passw', 'PROD-3207'],
  ])('finds %s', (_name, query, id) => {
    expect(idsOf(query)[0]).toBe(id);
  });

  test('puts the article with more of the words first', () => {
    expect(idsOf('dispute card')[0]).toBe('PROD-3124');
    expect(idsOf('dispute card')).toContain('PROD-3110');
  });

  test.each(['', '   ', 'what is the', 'zzzz', '<>', '.*'])('finds nothing for %p', (query) => {
    expect(idsOf(query)).toEqual([]);
  });
});

test('article ids are unique and readable ids of eGain', () => {
  const ids = ARTICLES.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[a-zA-Z0-9]{2,4}-\d{4,15}$/);
});
