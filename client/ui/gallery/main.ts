// Development only: every component on one page. `?show=parts|fields|deal|board|sessions|calm`, `?theme=light|dark`.
import { mount } from 'svelte';
import { must } from '../../../shared/lib/must.ts';
import '../../app.css';
import Gallery from './Gallery.svelte';

const query = new URLSearchParams(location.search);
const theme = query.get('theme');
if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;

mount(Gallery, {
  target: must(document.getElementById('app'), '#app in gallery.html'),
  props: { show: query.get('show') ?? 'parts' },
});
