import { openAgency, runService } from '@resguardo/service';

await runService('prosecution', () => openAgency('prosecution', process.env));
