import { z } from 'zod';

// Zod would otherwise compile its schemas with `new Function`, which our Content-Security-Policy refuses, and says so
// in the browser's console. Whatever is shared with the browser takes `z` from here.
z.config({ jitless: true });

export { z };
