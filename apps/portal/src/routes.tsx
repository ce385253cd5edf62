import { createBrowserRouter } from 'react-router';
import { NotLoadedPage } from './pages/not-loaded.js';
import { Shell } from './shell.js';

/** Each page is fetched when it is first opened. */
export const router = createBrowserRouter([
  {
    path: '/',
    element: <Shell />,
    children: [
      {
        // Within the shell: its menu and its status line stay.
        errorElement: <NotLoadedPage />,
        children: [
          { index: true, lazy: async () => ({ Component: (await import('./pages/my-day.js')).MyDayPage }) },
          { path: 'casos', lazy: async () => ({ Component: (await import('./pages/cases.js')).CasesPage }) },
          {
            path: 'casos/:caseId',
            lazy: async () => ({ Component: (await import('./pages/case.js')).CasePage }),
            children: [
              {
                // Within the case: its head and its tabs stay.
                errorElement: <NotLoadedPage within />,
                children: [
                  {
                    index: true,
                    lazy: async () => ({ Component: (await import('./pages/case-summary.js')).SummaryTab }),
                  },
                  {
                    path: 'linea',
                    lazy: async () => ({ Component: (await import('./pages/case-timeline.js')).TimelineTab }),
                  },
                  {
                    path: 'entrevista',
                    lazy: async () => ({ Component: (await import('./pages/case-interview.js')).InterviewTab }),
                  },
                  {
                    path: 'relatos',
                    lazy: async () => ({ Component: (await import('./pages/case-tabs.js')).RetellingsTab }),
                  },
                  { path: 'equipo', lazy: async () => ({ Component: (await import('./pages/case-tabs.js')).TeamTab }) },
                  {
                    path: 'canalizaciones',
                    lazy: async () => ({ Component: (await import('./pages/case-tabs.js')).ReferralsTab }),
                  },
                  {
                    path: 'cierre',
                    lazy: async () => ({ Component: (await import('./pages/case-tabs.js')).ClosingTab }),
                  },
                  {
                    path: 'accesos',
                    lazy: async () => ({ Component: (await import('./pages/audit.js')).CaseAccessTab }),
                  },
                ],
              },
            ],
          },
          { path: 'reportar', lazy: async () => ({ Component: (await import('./pages/report.js')).ReportPage }) },
          {
            path: 'hechos',
            lazy: async () => ({ Component: (await import('./pages/record-fact.js')).RecordFactPage }),
          },
          {
            path: 'aprobaciones',
            lazy: async () => ({ Component: (await import('./pages/approvals.js')).ApprovalsPage }),
          },
          { path: 'importar', lazy: async () => ({ Component: (await import('./pages/import.js')).ImportPage }) },
          { path: 'auditoria', lazy: async () => ({ Component: (await import('./pages/audit.js')).AuditPage }) },
          {
            path: 'intermediarios',
            lazy: async () => ({ Component: (await import('./pages/intermediaries.js')).IntermediariesPage }),
          },
          {
            path: 'integridad',
            lazy: async () => ({ Component: (await import('./pages/integrity.js')).IntegrityPage }),
          },
          { path: 'tablero', lazy: async () => ({ Component: (await import('./pages/figures.js')).FiguresPage }) },
          { path: '*', lazy: async () => ({ Component: (await import('./pages/not-found.js')).NotFoundPage }) },
        ],
      },
    ],
  },
]);
