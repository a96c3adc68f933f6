/** An article of the emulated knowledge base. */
export interface Article {
  readonly id: string;
  readonly versionId: string;
  /** Plain text: an application has to escape it. */
  readonly name: string;
  readonly topic: { readonly id: string; readonly name: string };
  readonly keywords: string;
  readonly summary: string;
  readonly modifiedDate: string;
  /** HTML, as authored. */
  readonly content: string;
}

/** The one portal, with the id of eGain's own examples. */
export const PORTAL_ID = 'PROD-1000';

const REGULATIONS = { id: 'PROD-1080', name: 'Banking Regulations' };
const LOANS = { id: 'PROD-1070', name: 'Loans' };
const CARDS = { id: 'PROD-1071', name: 'Cards' };
const ONLINE_BANKING = { id: 'PROD-1072', name: 'Using Online Banking' };

export const ARTICLES: readonly Article[] = [
  {
    id: 'PROD-2996',
    versionId: 'PROD-2884',
    name: 'Fair Lending FAQs',
    topic: REGULATIONS,
    keywords: 'Fair lending, Fair Housing Act, mortgage',
    summary: 'Fair lending gives every applicant the same opportunities when applying for a residential mortgage loan.',
    modifiedDate: '2025-01-28T19:53:58Z',
    content:
      '<h2>What is fair lending?</h2><p>Lenders may not consider race, color, national origin, religion, sex, familial status or disability when you apply for a residential mortgage loan.</p><h2>Who enforces it?</h2><p>The Office of Fair Housing and Equal Opportunity, together with state and local agencies.</p>',
  },
  {
    id: 'PROD-2731',
    versionId: 'PROD-2732',
    name: 'What Does Loan Closing Mean?',
    topic: LOANS,
    keywords: 'loan, closing, mortgage',
    summary: 'Closing is when you sign the loan documents and become obligated on the mortgage loan.',
    modifiedDate: '2024-10-20T15:11:33Z',
    content:
      '<p>At closing you sign the loan documents. In a purchase, the seller signs the documents that transfer title to you.</p><ol><li>Review the closing disclosure three business days ahead.</li><li>Bring a government-issued ID.</li><li>Bring the certified check for the amount due.</li></ol>',
  },
  {
    id: 'PROD-2679',
    versionId: 'PROD-2685',
    name: 'Can I Have a Co-Signer?',
    topic: LOANS,
    keywords: 'loan, co-signer, application',
    summary: 'A co-signer agrees to repay the loan if the borrower does not.',
    modifiedDate: '2024-10-20T15:09:06Z',
    content:
      '<p>Yes. A co-signer is obligated to pay back the loan just as the borrower is.</p><p>Ask both people for identification and proof of income before you start the application.</p>',
  },
  {
    id: 'PROD-3110',
    versionId: 'PROD-3111',
    name: 'Lost & Stolen Cards',
    topic: CARDS,
    keywords: 'card, lost, stolen, block, replacement',
    summary: 'Block the card first, then order a replacement; the customer is not liable for charges reported at once.',
    modifiedDate: '2025-03-04T08:30:00Z',
    content:
      '<ol><li>Verify the caller with two security questions.</li><li>Block the card under <strong>Cards &rsaquo; Block</strong>.</li><li>Order a replacement: 5 to 7 business days, or overnight for a fee.</li><li>Offer to review the last ten charges.</li></ol>',
  },
  {
    id: 'PROD-3124',
    versionId: 'PROD-3125',
    name: 'Dispute a Card Charge',
    topic: CARDS,
    keywords: 'card, dispute, charge, refund, chargeback',
    summary: 'Customers can dispute a charge within 60 days of the statement it appears on.',
    modifiedDate: '2025-05-19T11:05:00Z',
    content:
      '<p>Open a dispute within 60 days of the statement date.</p><ul><li>Ask whether the customer contacted the merchant.</li><li>Record the amount, date and merchant.</li><li>A provisional refund is posted within 10 business days.</li></ul>',
  },
  {
    id: 'PROD-3207',
    versionId: 'PROD-3208',
    name: 'Reset an Online Banking Password',
    topic: ONLINE_BANKING,
    keywords: 'password, reset, online banking, locked',
    summary: 'Send a reset link; after five failed attempts the online banking account has to be unlocked first.',
    modifiedDate: '2025-06-11T16:42:00Z',
    content:
      '<p>Choose <strong>Send reset link</strong> on the customer page. The link is valid for 30 minutes.</p><p>After five failed attempts, unlock the account before sending the link. Never ask for the old password.</p>',
  },
  {
    id: 'PROD-3215',
    versionId: 'PROD-3216',
    name: 'Set Up Direct Deposit',
    topic: ONLINE_BANKING,
    keywords: 'direct deposit, employer, paycheck, account number',
    summary: 'Give the employer the routing and account number; the first direct deposit takes one or two pay cycles.',
    modifiedDate: '2025-07-02T09:15:00Z',
    content:
      '<p>Customers find both numbers under <em>Accounts</em>. The employer may ask for a voided check instead.</p><p>The first deposit takes one or two pay cycles.</p>',
  },
];

/** Words that occur everywhere and say nothing. */
const STOP_WORDS: ReadonlySet<string> = new Set(
  'a an and are can do does for how i in is it my of the to what when'.split(' '),
);

/** Articles that contain a word of the query, or the start of one; the more words they contain, the earlier they come. */
export function searchArticles(query: string): readonly { readonly article: Article; readonly score: number }[] {
  const words = toWords(query).filter((word) => !STOP_WORDS.has(word));
  const results = ARTICLES.map((article) => ({ article, score: scoreArticle(article, words) }));
  return results.filter(({ score }) => score > 0).sort((left, right) => right.score - left.score);
}

function scoreArticle({ name, keywords, summary, content }: Article, words: readonly string[]): number {
  if (words.length === 0) return 0;
  const text = toWords([name, keywords, summary, content.replace(/<[^>]*>/g, ' ')].join(' '));
  const hits = words.filter((word) => text.some((candidate) => candidate.startsWith(word)));
  return hits.length / words.length;
}

const toWords = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
