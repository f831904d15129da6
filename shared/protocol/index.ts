export * from './errors.ts';
export * from './filter.ts';
export * from './view.ts';
export * from './totals.ts';
export * from './socket.ts';
export * from './http.ts';
export * from './support.ts';
export * from './imports.ts';
