/** What the API answers: as long as a small answer of eGain's. */
export const ARTICLE = {
  id: 'PROD-4711',
  name: 'How to change a tariff',
  language: { code: 'de-DE', label: 'Deutsch (Deutschland)' },
  portal: { id: '900001', name: 'Agents', shortUrlTemplate: 'agents' },
  createdBy: { name: 'maria.agent', date: '2026-03-02T10:11:12Z' },
  averageRating: 4.5,
  includeInGenAI: true,
  link: { rel: 'self', href: '/knowledge/portalmgr/v4/portals/900001/articles/PROD-4711' },
} as const;

/** One of eGain's own operations, which ours looks up. */
export const ARTICLE_PATH = '/knowledge/portalmgr/v4/portals/900001/articles/PROD-4711';

/** By its ID alone, so that looking costs nothing beside asking. */
export function isArticle(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'id' in answer && answer.id === ARTICLE.id;
}
