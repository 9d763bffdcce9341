/** Asks a backend how it is, and closes nothing. Argument: where it is. */
import { SessionApiClient } from 'agentops/api';

const [endpoint = ''] = process.argv.slice(2);
const { version } = await new SessionApiClient({ endpoint }).health();
process.stdout.write(version);
