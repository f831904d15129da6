import { z } from 'zod';
import {
  furtherTeamsSchema,
  heldRoleSchema,
  heldRolesQuerySchema,
  invitationLinkSchema,
  joiningSchema,
  moveSchema,
  personTeamsSchema,
  progressSchema,
  teamAdministratorSchema,
  territoryCountSchema,
  territoryRuleSchema,
} from '../../../shared/protocol/index.ts';
import type { Operation } from './operations.ts';
import { jsonSchema, type Json } from './schemas.ts';

/** Where people stand: further teams, moves, and the rules that fill territories. */
export function organisationDoors(): [string, Operation][] {
  const progress = jsonSchema(progressSchema, 'output');
  const teams = jsonSchema(personTeamsSchema, 'output');
  const rule = jsonSchema(territoryRuleSchema, 'output');
  return [
    [
      'GET /api/held-roles',
      {
        summary: 'Roles that people hold, and how they came by them',
        query: heldRolesQuerySchema,
        answers: { 200: rows(heldRoleSchema) },
      },
    ],
    ['GET /api/users/{id}/teams', { summary: 'Teams that a person is in', answers: { 200: teams } }],
    [
      'PUT /api/users/{id}/teams',
      { summary: 'Put a person into further teams', body: furtherTeamsSchema, answers: { 200: teams } },
    ],
    [
      'GET /api/users/{id}/invitation',
      {
        summary: 'Whether somebody can sign in, or until when a link lets them',
        answers: { 200: jsonSchema(joiningSchema, 'output') },
      },
    ],
    [
      'POST /api/users/{id}/invitation',
      {
        summary: 'Make the link by which somebody new enters; told once, good once, for 7 days',
        answers: { 201: jsonSchema(invitationLinkSchema, 'output') },
      },
    ],
    [
      'GET /api/teams/{id}/members',
      {
        summary: 'People who are in a team besides their home team',
        answers: { 200: rows(z.object({ id: z.uuid() })) },
      },
    ],
    [
      'GET /api/teams/{id}/administrators',
      { summary: 'Who administers a team', answers: { 200: rows(teamAdministratorSchema) } },
    ],
    [
      'POST /api/users/{id}/move',
      {
        summary: 'Place a person elsewhere, with their records or without',
        body: moveSchema,
        idempotent: true,
        answers: { 200: progress },
      },
    ],
    [
      'GET /api/users/{id}/move',
      { summary: 'How far the records of a person have come along', answers: { 200: progress } },
    ],
    [
      'GET /api/territories/counts',
      { summary: 'Companies and people in each territory', answers: { 200: rows(territoryCountSchema) } },
    ],
    ['GET /api/territories/fill', { summary: 'How far filling has come', answers: { 200: progress } }],
    [
      'POST /api/territories/fill',
      { summary: 'Bring companies to the territories whose rules they fulfil', answers: { 202: progress } },
    ],
    ['GET /api/territories/{id}/rule', { summary: 'What fills a territory', answers: { 200: rule } }],
    [
      'PUT /api/territories/{id}/rule',
      { summary: 'Say what fills a territory', body: territoryRuleSchema, answers: { 200: rule } },
    ],
  ];
}

const rows = (row: z.ZodType): Json =>
  jsonSchema(z.object({ rows: z.array(row), next: z.string().nullable() }), 'output');
