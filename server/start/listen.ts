import type { Server as HttpServer } from 'node:http';
import type { Env } from '../env.ts';
import { FatalError } from '../lib/fatal.ts';

/** Throws `FatalError` where the port or the address cannot be had. */
export function listen(server: HttpServer, { port, host }: Env): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(describeListen(error, port, host)));
    server.listen(port, host, resolve);
  });
}

function describeListen(error: NodeJS.ErrnoException, port: number, host: string): Error {
  if (error.code === 'EADDRINUSE') {
    return new FatalError(`Port ${port} on ${host} is in use: stop what uses it, or set PORT to another.`);
  }
  if (error.code === 'EACCES')
    return new FatalError(`Port ${port} may not be used by this user: set PORT to another.`);
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return new FatalError(`HOST=${host} is no address of this machine.`);
  }
  return error;
}
