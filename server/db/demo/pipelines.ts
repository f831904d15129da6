import type { StageDef } from '../../../shared/fields/index.ts';
import { demoId } from './random.ts';

const stage = (
  key: string,
  name: string,
  probability: number,
  color: StageDef['color'],
  requires: string[] = [],
): StageDef => ({
  key,
  name,
  probability,
  color,
  requires,
  kind: probability === 100 ? 'won' : probability === 0 ? 'lost' : 'open',
});

export interface DemoPipeline {
  id: string;
  name: string;
  stages: StageDef[];
  /** How many deals each stage has in the end, by its key. */
  deals: Record<string, number>;
  /** What most deals come to, in euros. */
  amount: number;
}

export const PIPELINES: readonly DemoPipeline[] = [
  {
    id: demoId('pipeline', 1),
    name: 'New business',
    stages: [
      stage('qualified', 'Qualified', 20, 'slate'),
      stage('proposal', 'Proposal', 40, 'blue'),
      stage('negotiation', 'Negotiation', 60, 'amber', ['closes_on']),
      stage('won', 'Won', 100, 'green'),
      stage('lost', 'Lost', 0, 'red'),
    ],
    deals: { qualified: 68, proposal: 48, negotiation: 30, won: 78, lost: 36 },
    amount: 19_000,
  },
  {
    id: demoId('pipeline', 2),
    name: 'Renewals',
    stages: [
      stage('upcoming', 'Upcoming', 50, 'slate'),
      stage('talking', 'Talking', 65, 'blue'),
      stage('offer', 'Offer sent', 80, 'violet', ['closes_on']),
      stage('renewed', 'Renewed', 100, 'green'),
      stage('ended', 'Ended', 0, 'red'),
    ],
    deals: { upcoming: 36, talking: 22, offer: 16, renewed: 52, ended: 14 },
    amount: 12_000,
  },
];
