import type { MaskedRecord } from '../../../shared/access/index.ts';
import type { ColumnFields, FieldsAnswer, NewFields } from '../../../shared/protocol/fields.ts';
import type { ImportMap, ImportPreview, ImportResult } from '../../../shared/protocol/imports.ts';
import { api } from '../../net/http.ts';
import { upload, type UploadOptions } from '../../net/upload.ts';

// The doors of importing. All throw ApiError · OfflineError.

/** Brings the file to the server; answers the import's record. */
export function uploadImport(object: string, file: File, options: UploadOptions): Promise<MaskedRecord> {
  const query = new URLSearchParams({ object, name: file.name.slice(-200) }).toString();
  return upload<MaskedRecord>(`/api/imports?${query}`, file, options);
}

/** What the file looks like, read as it seems or as `read` says. */
const previewImport = (id: string, read: ImportMap['read'] = {}): Promise<ImportPreview> =>
  api.get(`/api/imports/${id}/preview`, read);

const saveMap = (id: string, map: ImportMap): Promise<ImportMap> => api.put(`/api/imports/${id}/map`, map);

export type ImportAct = 'check' | 'run' | 'stop' | 'undo';
const actOn = (id: string, act: ImportAct): Promise<MaskedRecord> => api.post(`/api/imports/${id}/${act}`);

const resultOf = (id: string): Promise<ImportResult> => api.get(`/api/imports/${id}/result`);

/** Which field each column of the file would make. */
const columnsOf = (id: string): Promise<ColumnFields> => api.get(`/api/imports/${id}/columns`);
const addFields = (asked: NewFields): Promise<FieldsAnswer> => api.post('/api/fields', asked);

/** Where the rows that were refused are downloaded. */
export const refusedHref = (id: string): string => `/api/imports/${id}/refused`;

/** What the page of one import asks of the server. */
export interface ImportDoors {
  preview: typeof previewImport;
  saveMap: typeof saveMap;
  act(id: string, act: ImportAct): Promise<unknown>;
  result: typeof resultOf;
  columns: typeof columnsOf;
  addFields: typeof addFields;
}
export const importDoors: ImportDoors = {
  preview: previewImport,
  saveMap,
  act: actOn,
  result: resultOf,
  columns: columnsOf,
  addFields,
};
