/** What customers ask and how it goes on, by queue; `{n}` becomes a number, `{who}` the customer's first name. */
export interface Topic {
  subject: string;
  /** In turn, from the customer first. */
  lines: readonly string[];
  /** What a colleague adds in private. */
  note?: string;
  tag?: string;
}

export type QueueKey = 'billing' | 'orders' | 'technical' | 'vip';

export const TAGS = ['refund', 'invoice', 'delay', 'damaged', 'login', 'bug', 'how-to', 'feature request'];

export const TOPICS: Record<QueueKey, readonly Topic[]> = {
  billing: [
    {
      subject: 'Payment keeps failing with 3-D Secure',
      lines: [
        'Hello, I tried two cards, both from Sparkasse. After the code from the app your page says “payment failed”, but the money is reserved on the account.',
        'Hello {who}, thank you for trying twice. I see both attempts: the bank approved them, our provider timed out. I am releasing the reservations now.',
        'Could I get the invoice today anyway? Our month closes tonight.',
        'Of course. I have attached invoice 2026-{n} to your account, dated today.',
      ],
      note: 'Same provider timeout as this morning, see the status page. Offer the invoice by mail if they need it today.',
      tag: 'invoice',
    },
    {
      subject: 'Invoice for September',
      lines: [
        'Could you send it to our accounting department, please? They never got it.',
        'Sent a copy just now. Shall I change the address for the coming ones too?',
        'Yes please, that would save us both time.',
        'Done: from now on they go to accounting directly.',
      ],
      tag: 'invoice',
    },
    {
      subject: 'Charged twice in October',
      lines: [
        'We were charged twice for order {n}. Please refund one of them.',
        'You are right, and I am sorry. The second charge is on its way back; it takes three to five working days.',
        'Thank you for the quick answer.',
      ],
      note: 'Second case this week: the retry job ran twice on the 3rd. Told the payments team.',
      tag: 'refund',
    },
    {
      subject: '請求書の宛名について',
      lines: [
        'お世話になっております。宛名を会社名に変更していただけますでしょうか。注文番号は {n} です。',
        'ご連絡ありがとうございます。宛名を変更し、請求書を再発行いたしました。',
        'ありがとうございました。助かりました。',
      ],
      tag: 'invoice',
    },
    {
      subject: 'VAT number is missing on our invoices',
      lines: [
        'Our tax office does not accept invoices without our VAT number. It is in our profile, but not on the paper.',
        'I have added it to your billing details. Shall I issue the last three again?',
        'Yes, July to September please.',
        'They are in your account now, with today’s date and the old numbers as reference.',
      ],
      tag: 'invoice',
    },
    {
      subject: 'Cancel one of two subscriptions',
      lines: [
        'We have two subscriptions since the merger and need only one. Which one can we end without losing data?',
        'The smaller one: all orders are in the other. I have asked our billing team to end it at the end of the month.',
        'Perfect.',
      ],
    },
    {
      subject: 'Rabatt aus dem Rahmenvertrag fehlt',
      lines: [
        'Guten Tag, in der letzten Rechnung fehlt der vereinbarte Rabatt von 5 %. Bitte um Korrektur.',
        'Guten Tag {who}, Sie haben recht, der Vertrag war noch nicht verknüpft. Die Gutschrift ist unterwegs.',
        'Danke für die schnelle Hilfe!',
      ],
      note: 'Framework contract was never linked to the new customer number. Checked the two sister companies too: fine.',
      tag: 'refund',
    },
  ],
  orders: [
    {
      subject: 'Where is my order {n}?',
      lines: [
        'The tracking has said “in transit” for six days. Is it lost?',
        'I have asked the carrier and they are searching for it. If it is not found by tomorrow noon I send a new one.',
        'Thanks, please keep me posted, the fair is on Friday.',
        'It has been found in the depot and goes out with tonight’s tour.',
      ],
      tag: 'delay',
    },
    {
      subject: 'Two boxes arrived damaged',
      lines: [
        'Two of the twelve boxes were wet and the cartons inside are ruined. I have photos.',
        'I am sorry about that. No need to send them back: replacements leave today.',
        'Great service, thank you.',
      ],
      note: 'Third damage with this carrier in Lyon this month. Collecting cases for the claim.',
      tag: 'damaged',
    },
    {
      subject: 'Change the delivery address',
      lines: [
        'Can order {n} go to our new warehouse instead? It was placed this morning.',
        'It has not left yet, so yes. I have changed it; the date stays the same.',
        'Wonderful.',
      ],
    },
    {
      subject: 'Retour de trois articles',
      lines: [
        'Bonjour, trois articles de la commande {n} ne correspondent pas à la description. Comment les renvoyer ?',
        'Bonjour {who}, voici l’étiquette de retour. Le remboursement part dès réception du colis.',
        'Merci beaucoup, c’est parti ce matin.',
      ],
      tag: 'refund',
    },
    {
      subject: 'Part of the delivery is missing',
      lines: [
        'The slip says 40 pieces, we counted 36. Everything else is fine.',
        'Four are on back order and were to follow without a word, which is our mistake. They leave on Monday.',
      ],
      tag: 'delay',
    },
    {
      subject: 'Опоздание доставки',
      lines: [
        'Здравствуйте! Заказ {n} должен был прийти вчера. Когда его ждать?',
        'Здравствуйте! Груз задержали на таможне, доставка завтра до 14:00. Приносим извинения.',
        'Спасибо, ждём.',
      ],
      tag: 'delay',
    },
    {
      subject: 'Can I order with a purchase order?',
      lines: [
        'Our company only pays by purchase order. Is that possible for a first order?',
        'Yes, up to 5,000 euros. Send it here and I will enter it for you.',
        'Attached you find number {n}. Thanks!',
      ],
      tag: 'how-to',
    },
  ],
  technical: [
    {
      subject: 'API returns 429 at night',
      lines: [
        'Our nightly sync gets 429 since Tuesday, although nothing changed here. Here is the request id: r-{n}.',
        'The limit is counted per key since Tuesday, and yours is shared by two jobs. I can split it into two keys.',
        'Please do. When does it take effect?',
        'It has already: the second key is in your settings.',
      ],
      note: 'The announcement mail bounced at their side, so they could not know. Be generous.',
      tag: 'bug',
    },
    {
      subject: 'Import stops at row 3,000',
      lines: [
        'Every import stops at row 3,000 without a message. The file has 4,200 rows.',
        'I can reproduce it with your file: a line break inside a quoted field. A fix goes out on Monday.',
        'Is there a way around it until then?',
        'Yes: save as UTF-8 without line breaks in column F, then it goes through.',
      ],
      note: 'Known, fixed on Monday. Ticket with development is open since last week.',
      tag: 'bug',
    },
    {
      subject: 'Cannot sign in after the move to a new phone',
      lines: [
        'My authenticator app was on the old phone, which is gone. I have no recovery codes.',
        'We will get you in. Your administrator can reset the second factor; I have written to her with the steps.',
        'She did, and it works. Thank you!',
      ],
      tag: 'login',
    },
    {
      subject: 'Where can I change the seats?',
      lines: [
        'We grew and need four more seats. I cannot find the page.',
        'Settings, then Plan, at the bottom. Only owners see it, so I have made you one as you asked for on the phone.',
        'Great, that worked, thank you!',
      ],
      tag: 'how-to',
    },
    {
      subject: '导出的文件打开是乱码',
      lines: [
        '您好，导出的 CSV 在 Excel 里打开是乱码，请问怎么解决？',
        '您好！请在导出时选择“UTF-8（含 BOM）”，Excel 就能正确识别了。',
        '可以了，非常感谢！',
      ],
      tag: 'how-to',
    },
    {
      subject: 'Dark mode for the order pages',
      lines: [
        'Our night shift would love a dark mode. Any plans?',
        'Yes, this winter. I have added your vote, you will hear from us when it is there.',
      ],
      tag: 'feature request',
    },
    {
      subject: 'Webhook delivers twice',
      lines: [
        'Each event arrives twice at our endpoint since the update, a second apart.',
        'Your endpoint answers after 11 seconds, and we try again after 10. Answer first, then work, and it is gone.',
        'You were right. Fixed on our side.',
      ],
      tag: 'bug',
    },
  ],
  vip: [
    {
      subject: 'Review of the yearly figures',
      lines: [
        'Before our meeting on Thursday: could you put together last year’s orders by site?',
        'With pleasure. You have it by tomorrow noon, with the credit notes apart.',
        'Excellent, thank you.',
      ],
      note: 'Their renewal is in January and the new CFO is in the meeting. Have the numbers checked twice.',
    },
    {
      subject: 'Second contact person in Rotterdam',
      lines: [
        'From next month Ms de Vries handles Rotterdam. Please give her the same access.',
        'Done from the 1st. She gets an invitation on that morning.',
      ],
      tag: 'login',
    },
    {
      subject: 'Delivery windows during the holidays',
      lines: [
        'Which delivery windows do we have between the 20th and the 6th?',
        'All mornings but the 25th, 26th and 1st. Shall I reserve the usual ones?',
        'Yes please, as every year.',
      ],
    },
    {
      subject: 'Urgent: production line stands still',
      lines: [
        'The replacement part from order {n} does not fit and line 2 stands still. We need help today.',
        'A technician calls you within the hour, and the right part goes by courier at 13:00.',
        'Part is in, line runs. Thank you, that was fast.',
      ],
      note: 'Wrong part number in our own catalogue. Quality is told; do not charge the courier.',
      tag: 'damaged',
    },
  ],
};
