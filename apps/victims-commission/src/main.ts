import { openAgency, runService } from '@resguardo/service';

await runService('victims-commission', () => openAgency('victims-commission', process.env));
