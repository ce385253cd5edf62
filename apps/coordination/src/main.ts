import { openCoordination, runService } from '@resguardo/service';

await runService('coordination', () => openCoordination(process.env));
