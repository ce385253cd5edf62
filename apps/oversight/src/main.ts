import { openOversight, runService } from '@resguardo/service';

await runService('oversight', () => openOversight(process.env));
