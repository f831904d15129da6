// What the people of the demo write. {who} is the contact, {company} the company.

export const NEW_TITLES = [
  'Group licence', 'Warehouse roll-out', 'Three plants', 'Data add-on', 'Pilot, 40 seats', 'Two new branches',
  'Switch from Zentra', 'Blueprint refresh', 'Frontline rollout', 'Compliance pack', 'Trial to paid', 'Second region',
  'Upgrade to Team', 'Seats + 60', 'Onboarding', 'Support, gold', 'Mobile scanners', 'Night shift terminals',
  'Customer portal', 'Dispatch desk', 'Quality records', 'Spare parts catalogue', 'Field service, 25 vans',
  'Store openings 2027', 'Lab equipment tracking', 'Fleet contracts', 'Invoice archive', 'Plant visit bookings',
  'Cold chain sensors', 'Branch consolidation', 'Audit trail package', 'Training days', 'Head office move',
  'Supplier onboarding', 'Returns handling', 'Cash desk replacement', 'Harvest planning', 'Tender, lot 2',
  'Shift planning', 'Patient letters', 'Export paperwork', 'Loyalty cards', 'Call centre, 80 seats', 'Kiosk pilot',
]; // prettier-ignore

export const RENEWAL_TITLES = [
  'Renewal 2026', 'Renewal 2027', 'Framework 2027–29', 'Support contract', 'Seats, second year', 'Maintenance',
  'Hosting, three years', 'Gold support, renewal', 'Team licence, renewal', 'Data add-on, renewal',
]; // prettier-ignore

export const NEXT_STEPS = [
  'Send the revised offer', 'Book the walk-through', 'Wait for the works council', 'Answer legal on data residency',
  'Reference call with a similar customer', 'Second demo for the branch managers', 'Get the purchase order number',
  'Agree on the start date', 'Send the order form in their language', 'Ask for the budget holder',
]; // prettier-ignore

export const LOST_REASONS = [
  'Price', 'Chose Zentra', 'Project postponed to next year', 'Built it themselves', 'No answer for two months',
  'Budget went to another department', 'Missing an integration we do not have',
]; // prettier-ignore

interface Phrase {
  subject: string;
  body: string | null;
}
const said = (subject: string, body: string | null = null): Phrase => ({ subject, body });

export const PAST: Readonly<Record<'call' | 'meeting' | 'email' | 'note' | 'task', readonly Phrase[]>> = {
  call: [
    said('Called {who}', 'Wants the third site included, budget is approved until the end of December. Legal has two questions on data residency.'), // prettier-ignore
    said('Called {who}', 'Happy with the pilot. Asks what changes for the people on the night shift.'),
    said(
      'Call about the offer',
      'Finds it fair, needs it split into two invoices. I promised an answer by Thursday.',
    ),
    said('No answer, left a message'),
    said('{who} called back', 'They compare us with Zentra; what counts is the switch over one weekend.'),
    said(
      'Short call with {who}',
      'Two people have changed on their side. Introduce ourselves again next week.',
    ),
    said('Call with purchasing', 'Payment after 45 days is a must. Everything else is settled.'),
  ],
  meeting: [
    said('Walk through the first site', 'Saw the whole hall. Wi-Fi is weak near gate 4, otherwise ready.'),
    said('Demo for the team', 'Eleven people, good questions. They liked that changes show at once.'),
    said('Kick-off at {company}', 'Names and dates agreed. Start in the second week of the month.'),
    said('Meeting with {who}', 'Went through the offer line by line. Discount is the only open point.'),
    said('Quarterly review', 'Usage up by a third. They think about the second region.'),
  ],
  email: [
    said(
      'Re: Offer',
      'Thank you, the new sheet answers it. Could you send the order form in German as well?',
    ),
    said(
      'Order form',
      'Dear {who}, attached the order form as discussed. It is valid until the end of the month.',
    ),
    said('Security questionnaire', 'Filled in and sent back, 64 answers. Two are for our lawyers.'),
    said('References', 'Sent three references of about the same size.'),
    said('Re: Start date', 'The first Monday suits us. Please plan for two days of training.'),
    said(
      'Summary of our talk',
      'What we agreed on: scope as offered, three sites, start after the holidays.',
    ),
  ],
  note: [
    said(
      'Who decides',
      '{who} recommends, the managing director signs. The works council has to be heard before.',
    ),
    said('Competition', 'Zentra is 8 % cheaper but charges for every interface.'),
    said('Careful', 'Do not call before ten; mornings are for production.'),
    said('Background', 'Grew by two branches this year. The old system ends in March.'),
    said('Wording', 'They say "depot", never "warehouse".'),
  ],
  task: [
    said('Send the price list'),
    said('Check the delivery dates with operations'),
    said('Prepare the contract draft'),
    said('Enter the new contact data'),
    said('Ask finance about the payment terms'),
  ],
};

export const PLANNED: Readonly<Record<'call' | 'meeting' | 'email' | 'task', readonly string[]>> = {
  call: ['Call {who} about the offer', 'Call purchasing', 'Call {who} back', 'Follow up with {who}'],
  meeting: [
    'Walk through the third site',
    'Demo for the branch managers',
    'Meet {who} at the fair',
    'Contract meeting',
  ],
  email: ['Send the order form', 'Send the minutes', 'Send references'],
  task: [
    'Prepare the offer',
    'Check the contract with legal',
    'Book the training days',
    'Work out the migration plan',
  ],
};

export const JOB_TITLES = [
  'Head of purchasing', 'Managing director', 'Operations manager', 'IT manager', 'Buyer', 'Plant manager',
  'Head of finance', 'Office manager', 'Branch manager', 'Project lead', 'Warehouse manager', 'Assistant',
]; // prettier-ignore

export const ABOUT = [
  'Family business in the third generation.', 'Came to us through the Hannover fair.', 'Long-standing customer; pays on time.',
  'Decides slowly, keeps its word.', 'Growing fast, opens a new site every year.', 'Part of a larger group since spring.',
]; // prettier-ignore

export const CAMPAIGNS = [
  { value: 'spring_fair', label: 'Spring fair' },
  { value: 'webinar', label: 'Webinar series' },
  { value: 'partner_day', label: 'Partner day' },
  { value: 'mailing', label: 'Autumn mailing' },
];
