import { openAgency, runService } from '@resguardo/service';

await runService('child-protection', () => openAgency('child-protection', process.env));
