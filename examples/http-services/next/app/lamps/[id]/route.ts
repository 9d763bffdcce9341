/** A route handler of Next.js: a request of a trusted caller is answered as a part of the caller's session. */
import { handleRequest, tool } from 'agentops';

type Lamp = { params: Promise<{ id: string }> };

export const POST = (request: Request, { params }: Lamp): Promise<Response> =>
  handleRequest(
    request,
    async () => {
      const { id } = await params;
      const { oil } = (await request.json()) as { oil: number };
      return Response.json(tool('light', () => ({ id, oil })));
    },
    { route: '/lamps/[id]' },
  );
