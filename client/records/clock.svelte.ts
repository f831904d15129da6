export { clock } from '../stores/clock.svelte.ts';
