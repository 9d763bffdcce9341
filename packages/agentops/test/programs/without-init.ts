/** Starts two sessions and never calls `init`. */
import { session } from 'agentops';

await session('first', () => {});
await session('second', () => console.log('ran'));
