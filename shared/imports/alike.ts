import { normal } from './normal.ts';

/**
 * Words that other programs have for what is one thing here (letters and digits alone, in small letters): of industries,
 * priorities, states of tickets, stages of deals, sources and queues. A word may stand in several lines, as the lists in
 * which it is looked for differ.
 */
// prettier-ignore
const ALIKE: readonly (readonly string[])[] = [
  ['software', 'technology', 'tech', 'it', 'informationtechnology', 'computers', 'internet', 'saas', 'telecommunications'],
  ['manufacturing', 'industrial', 'machinery', 'automotive', 'electronics', 'engineering', 'chemicals'],
  ['logistics', 'transportation', 'transport', 'shipping', 'freight'],
  ['retail', 'ecommerce', 'consumergoods', 'wholesale', 'apparel'],
  ['health', 'healthcare', 'medical', 'pharma', 'pharmaceuticals', 'biotechnology', 'hospital'],
  ['finance', 'financial', 'financialservices', 'banking', 'insurance', 'accounting'],
  ['energy', 'utilities', 'oilgas', 'oilandgas'],
  ['food', 'foodbeverage', 'foodandbeverage', 'agriculture', 'restaurants'],
  ['publicsector', 'government', 'education', 'nonprofit', 'notforprofit'],
  ['services', 'consulting', 'professionalservices', 'businessservices', 'marketing', 'legal'],
  ['urgent', 'critical', 'blocker', 'emergency', 'highest', 'p1'],
  ['high', 'major', 'p2'],
  ['normal', 'medium', 'moderate', 'standard', 'p3'],
  ['low', 'minor', 'trivial', 'lowest', 'p4'],
  ['open', 'new', 'inprogress', 'working', 'escalated', 'reopened', 'assigned', 'waitingonus'],
  ['waitingforthecustomer', 'pending', 'onhold', 'waiting', 'pendingcustomerresponse', 'waitingoncustomer', 'waitingoncontact'],
  ['resolved', 'closed', 'solved', 'done', 'completed', 'fixed'],
  ['qualified', 'qualification', 'qualifiedtobuy', 'prospecting', 'prospect', 'discovery', 'new', 'needsanalysis', 'valueproposition',
    'perceptionanalysis', 'iddecisionmakers', 'appointmentscheduled', 'presentationscheduled', 'lead'],
  ['proposal', 'engaging', 'proposalpricequote', 'proposalsent', 'quote', 'quoted', 'decisionmakerboughtin'],
  ['negotiation', 'negotiationreview', 'contractsent', 'contract'],
  ['won', 'closedwon', 'closewon'],
  ['lost', 'closedlost', 'closelost', 'disqualified', 'unqualified'],
  ['website', 'web', 'online', 'internet', 'organicsearch', 'google', 'directtraffic'],
  ['fair', 'tradeshow', 'event', 'conference', 'exhibition'],
  ['referral', 'reference', 'recommendation', 'wordofmouth', 'employeereferral', 'externalreferral', 'referralsites'],
  ['partner', 'partnerreferral', 'reseller'],
  ['outbound', 'coldcall', 'coldcalling', 'emailcampaign', 'purchasedlist'],
  ['existingcustomer', 'existing', 'existingbusiness', 'upsell'],
  ['task', 'todo', 'other', 'followup', 'reminder', 'action', 'misc'],
  ['call', 'phonecall', 'phone', 'coldcall', 'outboundcall', 'inboundcall', 'voicemail'],
  ['meeting', 'event', 'demo', 'appointment', 'visit', 'onsite', 'onsitemeeting', 'lunch', 'webinar', 'conferencecall'],
  ['email', 'mail', 'letter', 'listemail', 'sendletter', 'sendquote', 'message'],
  ['note', 'comment', 'remark'],
  ['technical', 'technicalissue', 'technicalsupport', 'bug', 'problem'],
  ['billing', 'billinginquiry', 'refundrequest', 'payment', 'invoice'],
  ['orders', 'cancellationrequest', 'productinquiry', 'order', 'delivery'],
];

/** The words that mean the same as this one, itself among them. */
export const alikeOf = (word: string): readonly string[] => [
  word,
  ...ALIKE.filter((line) => line.includes(word)).flat(),
];

/** Texts by which other programs say that nothing is said. */
export const saysNothing = (text: string): boolean => {
  const word = normal(text);
  return word === '' ? /^[-–—?#./\s]*$/.test(text) : NOTHING.has(word);
};

const NOTHING = new Set(['select', 'selectone', 'pleaseselect', 'choose', 'na', 'nan', 'none', 'null', 'nil', 'undefined', 'unknown', 'unspecified', 'notspecified', 'notavailable', 'notset', 'noneselected']); // prettier-ignore
