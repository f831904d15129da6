import { expect, test } from 'vitest';
import { OBJECTS, Registry } from '../../../shared/objects/index.ts';
import { guessMap } from '../../../shared/imports/guess.ts';
import type { ImportTarget } from '../../../shared/protocol/index.ts';

const registry = new Registry(OBJECTS);
const external = target('external_id', 'Id elsewhere', 'text');

function target(key: string, label: string, kind: string, to: string | null = null): ImportTarget {
  return { key, label, kind, required: false, matches: true, target: to, creates: false, choices: [] };
}

function targetsOf(object: string): ImportTarget[] {
  const fields = Object.values(registry.get(object).fields).filter(({ system }) => !system);
  return [...fields.map((field) => target(field.name, field.label, field.kind, field.target)), external];
}

function guess(object: string, columns: Record<string, string[]>) {
  const seen = Object.entries(columns).map(([head, samples]) => ({ head, samples, ambiguousDates: false }));
  const map = guessMap(targetsOf(object), seen);
  const to = Object.fromEntries(Object.entries(map.columns).map(([head, column]) => [head, column.to]));
  return { to, ...map };
}

const heads = (text: string): Record<string, string[]> =>
  Object.fromEntries(text.split(',').map((head) => [head.trim(), []]));

test('deals', () => {
  const { to, match, columns } = guess('deal', {
    opportunity_id: ['1C1I7A6R'], sales_agent: ['Moses Frase'], account: ['Cancity'], deal_stage: ['Won'],
    close_date: ['3/1/2017', '3/25/2017'], close_value: ['1054'],
  }); // prettier-ignore
  expect(to).toEqual({
    opportunity_id: 'external_id', sales_agent: 'owner', account: 'company', deal_stage: 'stage',
    close_date: 'closes_on', close_value: 'amount',
  }); // prettier-ignore
  expect(match).toEqual(['external_id']);
  expect(columns.close_date?.dates).toBe('mdy');
  expect(guess('deal', heads('Record ID,Deal Name,Deal Stage,Pipeline,Amount,Close Date,Deal owner')).to).toEqual({
    'Record ID': 'external_id', 'Deal Name': 'title', 'Deal Stage': 'stage', Pipeline: 'pipeline', Amount: 'amount',
    'Close Date': 'closes_on', 'Deal owner': 'owner',
  }); // prettier-ignore
});

test('heads in Chinese', () => {
  expect(guess('contact', heads('姓名,公司名称,邮箱,手机号码,职位,来源,负责人')).to).toEqual({
    姓名: 'name', 公司名称: 'company', 邮箱: 'email', 手机号码: 'phone', 职位: 'job_title', 负责人: 'owner',
  }); // prettier-ignore
  expect(guess('deal', heads('商机名称,客户名称,金额,销售阶段,预计成交日期')).to).toEqual({
    商机名称: 'title', 客户名称: 'company', 金额: 'amount', 销售阶段: 'stage', 预计成交日期: 'closes_on',
  }); // prettier-ignore
});

test('a reason for what was lost, where the file has none', () => {
  const set = (columns: Record<string, string[]>) => guess('deal', columns).set;
  expect(set({ Name: ['A'], StageName: ['Closed Lost'] })).toEqual({ lost_reason: 'Not told' });
  expect(set({ Name: ['A'], StageName: ['Closed Lost'], 'Lost reason': ['Price'] })).toEqual(undefined);
  expect(set({ Name: ['A'], Amount: ['1'] })).toEqual(undefined);
});

test('an id is ours only if it looks like one', () => {
  const ours = target('id', 'Id', 'text');
  const of = (sample: string) =>
    guessMap([ours, external], [{ head: 'Id', samples: [sample], ambiguousDates: false }]);
  expect(of('42')).toEqual({ columns: { Id: { to: 'external_id' } }, match: ['external_id'] });
  expect(of('7927b2df-8bba-4d29-b9a2-b6e0beafc620')).toEqual({
    columns: { Id: { to: 'id' } },
    match: ['id'],
  });
});

test('companies', () => {
  expect(guess('company', heads('account,sector,year_established,revenue,employees,office_location')).to).toEqual({
    account: 'name', sector: 'industry', revenue: 'revenue', employees: 'employees', office_location: 'country',
  }); // prettier-ignore
  expect(guess('company', { Firma: ['A'], Umsatz: [], Jahresumsatz: ['1.100,5'] })).toMatchObject({
    to: { Firma: 'name', Jahresumsatz: 'revenue' },
    columns: { Jahresumsatz: { decimal: ',' } },
    match: ['name'],
  });
});

test('contacts', () => {
  const { to, set, match } = guess('contact', {
    'First Name': ['Ann'], 'Last Name': ['Lee'], Contact: ['ann@example.com'], 'Company Name': ['Acme'],
    Account: ['Acme'], 'Phone Number': ['030 123'], 'Job Title': ['CEO'],
  }); // prettier-ignore
  expect(to).toEqual({
    Contact: 'email', 'Company Name': 'company', 'Phone Number': 'phone', 'Job Title': 'job_title',
  }); // prettier-ignore
  expect(set).toEqual({ name: '{First Name} {Last Name}' });
  expect(match).toEqual(['email']);
});

test('leads', () => {
  const { to, match } = guess('contact', {
    'Prospect ID': ['7927b2df'], 'Lead Number': ['660737'], 'Lead Origin': ['API'], 'Do Not Email': ['No'],
    Converted: ['0'], TotalVisits: ['5'], City: ['Mumbai'],
  }); // prettier-ignore
  expect(to).toEqual({ 'Prospect ID': 'external_id' });
  expect(match).toEqual(['external_id']);
});

test('tickets', () => {
  expect(guess('ticket', heads('Ticket ID,Customer Name,Customer Email,Ticket Subject,Ticket Status,Ticket Priority')).to).toEqual({
    'Ticket ID': 'external_id', 'Customer Name': 'customer_name', 'Customer Email': 'customer_email',
    'Ticket Subject': 'subject', 'Ticket Status': 'status', 'Ticket Priority': 'priority',
  }); // prettier-ignore
  expect(guess('ticket', heads('Requester,Requester email,Subject,Assignee,Group,Tags')).to).toMatchObject({
    Requester: 'customer_name', 'Requester email': 'customer_email', Subject: 'subject', Assignee: 'assignee', Tags: 'tags',
  }); // prettier-ignore
});

test('the files of a CRM name each other by ids', () => {
  const id = ['001000000000001AAA'];
  const deals = guess('deal', {
    Id: id, AccountId: id, ContactId: id, Product2Id: id, Name: ['Roof'], StageName: ['Closed Won'], LossReason: ['Price'],
  }); // prettier-ignore
  expect(deals.columns).toEqual({
    Id: { to: 'external_id' },
    AccountId: { to: 'company', find: ['external_id'] },
    ContactId: { to: 'contact', find: ['external_id'] },
    Product2Id: { to: 'product', find: ['external_id'] },
    Name: { to: 'title' },
    StageName: { to: 'stage' },
    LossReason: { to: 'lost_reason' },
  });
  expect(guess('company', { Id: id, ParentId: id, Name: ['Acme'] }).columns['ParentId']).toEqual({
    to: 'parent',
    find: ['external_id'],
  });
  // The name says it as well as the id, and is there in any case.
  expect(guess('contact', { 'Account ID': id, 'Account Name': ['Acme'] }).to).toEqual({
    'Account Name': 'company',
  });
  expect(guess('company', { 'Account ID': id }).to).toEqual({ 'Account ID': 'external_id' });
  expect(guess('contact', { 'Customer Id': ['7f3'], Company: ['Acme'] }).to).toEqual({
    'Customer Id': 'external_id',
    Company: 'company',
  });
});

test('what nothing is called is called by its number, or by what it is about', () => {
  expect(guess('contact', heads('Prospect ID,Lead Number,Lead Origin')).set).toEqual({
    name: 'Lead {Lead Number}',
  });
  expect(guess('contact', heads('Id,Last Name')).set).toEqual({ name: '{Last Name}' });
  expect(guess('contact', heads('Country,City')).set).toBeUndefined();
});

test('a cell that says nothing is empty', () => {
  expect(guess('company', { Name: ['A', 'B'], City: ['Select', 'Mumbai', 'N/A'] }).columns['City']).toEqual({
    to: 'city',
    values: { Select: '', 'N/A': '' },
  });
});

test('dates of one file are written alike', () => {
  const seen = [
    { head: 'Created', samples: ['3/25/2017'], ambiguousDates: false },
    { head: 'Close date', samples: ['3/1/2017'], ambiguousDates: true },
  ];
  const targets = [target('created_at', 'Created', 'instant'), target('closes_on', 'Closes', 'date')];
  expect(guessMap(targets, seen).columns['Close date']?.dates).toBe('mdy');
  expect(guessMap(targets, seen.slice(1)).columns['Close date']?.dates).toBeUndefined();
});
