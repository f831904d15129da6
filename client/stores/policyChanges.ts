import type { PolicyChange, PreviewAnswer } from '../../shared/protocol/preview.ts';
import { api } from '../net/http.ts';

/** What a change of policy would come to. @throws ApiError (that of the change itself, were it made) · OfflineError */
export const previewChange = (change: PolicyChange): Promise<PreviewAnswer> =>
  api.post<PreviewAnswer>('/api/role-preview', { change });
