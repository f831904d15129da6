import { z } from 'zod';

// zod would try whether it may compile code, which our content security policy forbids and the browser reports as an
// attack. Imported before anything that makes a schema.
z.config({ jitless: true });
