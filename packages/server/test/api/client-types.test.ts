import type * as Server from '@agentops/server/api';
import type * as Client from 'agentops/api';
import { describe, expectTypeOf, it } from 'vitest';

/** A query as it is sent: what is undefined is left out. */
type Sent<Query> = { -readonly [Key in keyof Query]-?: Exclude<Query[Key], undefined> };

describe('what SessionApiClient says of the API (C5)', () => {
  it('is what the API answers, field by field', () => {
    expectTypeOf<Client.Health>().toEqualTypeOf<Server.Health>();
    expectTypeOf<Client.Readiness>().toEqualTypeOf<Server.Readiness>();
    expectTypeOf<Client.SessionList>().toEqualTypeOf<Server.SessionList>();
    expectTypeOf<Client.SessionDocument>().toEqualTypeOf<Server.SessionDocument>();
    expectTypeOf<Client.SpanList>().toEqualTypeOf<Server.SpanList>();
    expectTypeOf<Client.SpanDocument>().toEqualTypeOf<Server.SpanDocument>();
    expectTypeOf<Client.Stats>().toEqualTypeOf<Server.Stats>();
  });

  it('is what the API asks for', () => {
    expectTypeOf<Sent<Client.SessionListQuery>>().toEqualTypeOf<Sent<Server.SessionListQuery>>();
    expectTypeOf<Sent<Client.StatsQuery>>().toEqualTypeOf<Sent<Server.StatsQuery>>();
  });
});
