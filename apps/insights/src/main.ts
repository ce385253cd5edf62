import { openInsights, runService } from '@resguardo/service';

await runService('insights', () => openInsights(process.env));
