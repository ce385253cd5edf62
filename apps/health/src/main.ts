import { openAgency, runService } from '@resguardo/service';

await runService('health', () => openAgency('health', process.env));
