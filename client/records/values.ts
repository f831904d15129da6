export * from '../stores/values.ts';
