/** As much of Express's types as the example uses; a program of yours has `@types/express`. */
declare module 'express' {
  import type { IncomingMessage, Server, ServerResponse } from 'node:http';

  interface Request extends IncomingMessage {
    readonly params: Readonly<Record<string, string>>;
    readonly body: { readonly oil: number };
  }
  interface Response extends ServerResponse {
    json(body: unknown): this;
  }
  type Handler = (request: Request, response: Response, next: (error?: unknown) => void) => unknown;
  interface Application {
    use(handler: Handler): this;
    post(path: string, handler: Handler): this;
    listen(port: number, host: string, listening: () => void): Server;
  }
  interface Express {
    (): Application;
    json(): Handler;
  }
  const express: Express;
  export default express;
}
