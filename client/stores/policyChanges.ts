import type { PolicyChangeEntry } from '../../shared/protocol/policyChanges.ts';
import type { PolicyChange, PreviewAnswer } from '../../shared/protocol/preview.ts';
import { api } from '../net/http.ts';

/** What a change of policy would come to. @throws ApiError (that of the change itself, were it made) · OfflineError */
export const previewChange = (change: PolicyChange): Promise<PreviewAnswer> =>
  api.post<PreviewAnswer>('/api/role-preview', { change });

/** The latest changes of policy. @throws ApiError · OfflineError */
export async function readPolicyChanges(): Promise<PolicyChangeEntry[]> {
  const { rows } = await api.get<{ rows: PolicyChangeEntry[] }>('/api/policy-changes');
  return rows;
}

/** Takes one of them back; answers it as it stands then. @throws ApiError · OfflineError */
export const undoPolicyChange = (id: number): Promise<PolicyChangeEntry> =>
  api.post<PolicyChangeEntry>(`/api/policy-changes/${id}/undo`);
