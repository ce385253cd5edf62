import type { RuleBook, RuleEntry } from './rule-book.js';

/** What is not built yet stands here and in the spec beside it, so that neither can forget the other. */
const waiting = (
  title: RuleEntry['title'],
  source: string,
  basis: string,
  confidence: RuleEntry['confidence'],
  waitsFor: string,
): RuleEntry => ({
  title,
  source,
  basis,
  confidence,
  state: 'waiting',
  waitsFor,
  where: 'libs/contracts/src/legal/rules-h.ts',
  scenario: 'libs/contracts/src/legal/rules-h.spec.ts',
});

const ACCESS = {
  where: 'libs/identity/src/case-access.rule.ts',
  scenario: 'libs/identity/src/case-access.rule.spec.ts',
} as const;
const GLASS = {
  where: 'libs/oversight/src/break-glass.rule.ts',
  scenario: 'libs/oversight/src/break-glass.decider.spec.ts',
} as const;

const NOT_YOURS = {
  because: {
    es: 'Su cuenta no forma parte del equipo de este expediente, o su función no ve esta clase de datos.',
    en: 'Your account is not on the team of this case, or your role does not see this class of data.',
  },
  instead: {
    es: 'Pida a la supervisión de su institución que le incorpore al equipo. Un hecho se puede registrar con el folio sin abrir el expediente. Si hay peligro inminente para la vida o la integridad, use el acceso de emergencia.',
    en: 'Ask your agency’s supervisor to add you to the team. A fact can be recorded by folio without opening the case. If life or integrity is in imminent danger, use break-glass.',
  },
} as const;

/** Section H of the rules: privacy, access, audit. */
export const rulesH: RuleBook = {
  'R-701': {
    title: {
      es: 'Cada lectura sigue la matriz de acceso; lo demás se niega y se registra',
      en: 'Each reading follows the access matrix; anything else is denied and logged',
    },
    source: 'LGPDPPSO 3-XXI b), 19',
    basis: 'LAW, POL',
    confidence: 'V/P',
    state: 'enforced',
    ...ACCESS,
    refusals: { 'E-NEED': NOT_YOURS },
  },
  'R-702': {
    title: {
      es: 'Cada lectura declara su finalidad y se apoya en una tarea del expediente',
      en: 'Each reading states its purpose and rests on a task in the case',
    },
    source: 'LGPDPPSO 12, 61',
    basis: 'LAW',
    confidence: 'V',
    state: 'enforced',
    notYet: 'an open duty is named where there is one; without one, membership of the team is the task',
    ...ACCESS,
    refusals: {
      'E-NEED': NOT_YOURS,
      'E-PURPOSE': {
        because: {
          es: 'La lectura no indica para qué se hace, o la finalidad no está en la lista.',
          en: 'The reading does not say what for, or the purpose is not on the list.',
        },
        instead: {
          es: 'Elija la finalidad de la lista y repita la consulta.',
          en: 'Choose the purpose from the list and ask again.',
        },
      },
    },
  },
  'R-704': {
    title: {
      es: 'Acceso de emergencia: un expediente, cuatro horas, con motivo y revisión de otra persona',
      en: 'Break-glass: one case, four hours, with a reason and a review by another person',
    },
    source: 'LGPDPPSO 16-VI',
    basis: 'LAW, POL',
    confidence: 'V/P',
    state: 'enforced',
    ...GLASS,
    refusals: {
      'E-GLASS-TEAM': {
        because: {
          es: 'Ya forma parte del equipo de este expediente.',
          en: 'You are on the team of this case already.',
        },
        instead: {
          es: 'Abra el expediente como de costumbre.',
          en: 'Open the case as usual.',
        },
      },
      'E-GLASS-OPEN': {
        because: {
          es: 'Su acceso de emergencia a este expediente sigue vigente hasta {until}; no se prolonga.',
          en: 'Your break-glass on this case runs until {until}; it is not extended.',
        },
        instead: {
          es: 'Use el acceso que tiene y pida a su supervisión que le incorpore al equipo.',
          en: 'Use the access you have and ask your supervisor to add you to the team.',
        },
      },
      'E-GLASS-WRONG': {
        because: {
          es: 'La revisión encontró injustificado su acceso de emergencia anterior a este expediente.',
          en: 'The review found your earlier break-glass on this case not justified.',
        },
        instead: {
          es: 'Si hay peligro, avise a una compañera o compañero y a su supervisión.',
          en: 'If there is danger, tell a colleague and your supervisor.',
        },
      },
      'E-GLASS-REASON': {
        because: {
          es: 'El motivo es demasiado breve: necesita al menos {least} caracteres.',
          en: 'The reason is too short: at least {least} characters are needed.',
        },
        instead: {
          es: 'Escriba qué peligro hay y para qué necesita abrir el expediente.',
          en: 'Write what the danger is and what you need to open the case for.',
        },
      },
      'E-GLASS-ENDED': {
        because: {
          es: 'Su acceso de emergencia a este expediente terminó.',
          en: 'Your break-glass on this case has ended.',
        },
        instead: {
          es: 'Pida a su supervisión que le incorpore al equipo, o use de nuevo el acceso de emergencia si hay otro peligro.',
          en: 'Ask your supervisor to add you to the team, or use break-glass again if there is another danger.',
        },
      },
      'E-GLASS-UNKNOWN': {
        because: {
          es: 'No hay un acceso de emergencia suyo con esa referencia en este expediente.',
          en: 'There is no break-glass with that reference in this case.',
        },
        instead: {
          es: 'Abra la lista de accesos pendientes y elija de ahí.',
          en: 'Open the list of pending uses and choose from it.',
        },
      },
      'E-GLASS-OWN': {
        because: {
          es: 'Nadie revisa su propio acceso de emergencia.',
          en: 'Nobody reviews their own break-glass.',
        },
        instead: {
          es: 'La revisión corresponde a otra persona de supervisión de su institución o de la Procuraduría de Protección.',
          en: 'Another supervisor of your agency, or of the Child Protection Authority, reviews it.',
        },
      },
      'E-GLASS-REVIEWER': {
        because: {
          es: 'Este acceso lo revisa la supervisión de la institución de quien lo usó o la de la Procuraduría de Protección.',
          en: 'This use is reviewed by a supervisor of its user’s agency or of the Child Protection Authority.',
        },
        instead: {
          es: 'Avise a la supervisión que corresponde.',
          en: 'Tell the supervisor whose review it is.',
        },
      },
      'E-GLASS-REVIEWED': {
        because: {
          es: 'Este acceso de emergencia ya fue revisado.',
          en: 'This use of break-glass has been reviewed already.',
        },
        instead: {
          es: 'Consulte el resultado en la línea de tiempo del expediente.',
          en: 'See the finding on the case’s timeline.',
        },
      },
    },
  },
  'R-705': {
    title: {
      es: 'Toda lectura, negativa y exportación queda en un registro que nadie puede editar',
      en: 'All reads, denials and exports are appended to a log that nobody can edit',
    },
    source: 'LGPDPPSO 25–28',
    basis: 'LAW',
    confidence: 'V/P',
    state: 'enforced',
    where: 'libs/oversight/src/access-recorder.ts',
    scenario: 'libs/oversight/src/access-recorder.spec.ts',
  },
  'R-706': {
    title: {
      es: 'Quien está señalado, emparentado o tiene conflicto de interés en el caso no lo abre',
      en: 'Who is named, related or in conflict of interest in a case does not open it',
    },
    source: 'LGV 40, last paragraph',
    basis: 'LAW, POL',
    confidence: 'P',
    state: 'enforced',
    ...ACCESS,
    refusals: {
      'E-CONFLICT': {
        because: {
          es: 'En este expediente consta un conflicto de interés de su cuenta.',
          en: 'A conflict of interest of your account is on record in this case.',
        },
        instead: {
          es: 'Otra persona de su institución debe actuar. Si el registro es un error, pida a quien lo hizo que lo retire.',
          en: 'A colleague must act. If the record is a mistake, ask whoever made it to retract it.',
        },
      },
    },
  },
  'R-707': {
    title: {
      es: 'La persona acusada y la defensa no tienen cuenta',
      en: 'The accused and the defence have no account',
    },
    source: 'CNPP 218, 220, 337, 106',
    basis: 'LAW',
    confidence: 'V',
    state: 'enforced',
    where: 'libs/contracts/src/permissions.ts',
    scenario: 'libs/contracts/src/permissions.spec.ts',
  },
  'R-708': waiting(
    {
      es: 'Madres, padres y tutores ven solo lo que la niña, niño o adolescente y la Procuraduría permiten',
      en: 'Guardians see only what the child and the Child Protection Authority allow',
    },
    'LGDNNA 6-XI, 76',
    'POL',
    'P',
    'the pages for the child and for whoever accompanies the child; until then guardians have no account',
  ),
  'R-709': waiting(
    {
      es: 'Las solicitudes de la persona titular de los datos se responden en 20 días hábiles',
      en: 'Data-subject requests are answered within 20 business days',
    },
    'LGPDPPSO 43–50',
    'LAW',
    'V',
    'the desk for data-subject requests',
  ),
  'R-710': {
    title: {
      es: 'Desde el primer contacto se da un aviso de privacidad que se pueda entender',
      en: 'The first contact gives a privacy notice the child can understand',
    },
    source: 'LGPDPPSO 20–22',
    basis: 'LAW',
    confidence: 'V',
    state: 'recorded',
    where: 'libs/contracts/src/legal/rules-h.ts',
    scenario: 'libs/contracts/src/legal/rules-h.spec.ts',
  },
  'R-711': waiting(
    {
      es: 'Cada dato sensible tiene su fundamento legal registrado',
      en: 'Each sensitive datum has a recorded legal basis',
    },
    'LGPDPPSO 7, 15, 16',
    'LAW',
    'V',
    'the register of consents and legal bases',
  ),
  'R-712': {
    title: {
      es: 'Cada comunicación entre instituciones tiene destinataria, finalidad y solo lo necesario',
      en: 'Each transfer between agencies has a recipient, a purpose and no more than is needed',
    },
    source: 'LGPDPPSO 59–65',
    basis: 'LAW',
    confidence: 'V',
    state: 'recorded',
    where: 'libs/contracts/src/legal/rules-h.ts',
    scenario: 'libs/contracts/src/legal/rules-h.spec.ts',
  },
  'R-713': waiting(
    {
      es: 'Una vulneración de datos se avisa sin dilación a la parte de la niña, niño o adolescente y a la autoridad',
      en: 'A data breach is told to the child’s side and to the authority without delay',
    },
    'LGPDPPSO 31–35',
    'LAW, POL',
    'V/P',
    'the ticker that escalates deadlines (R-912)',
  ),
  'R-714': waiting(
    {
      es: 'La evaluación de impacto existe antes de operar y antes de cada cambio del tratamiento',
      en: 'The impact assessment exists before go-live and before each change of processing',
    },
    'LGPDPPSO 68–69',
    'LAW',
    'V',
    'the privacy impact assessment of the agencies',
  ),
  'R-715': waiting(
    {
      es: 'Ningún puntaje de riesgo decide, ordena o retrasa algo sobre la niña, niño o adolescente',
      en: 'No risk score decides, ranks or delays anything about the child',
    },
    'LGPDPPSO 41-II',
    'LAW',
    'V',
    'the risk signals; today there is no score',
  ),
  'R-717': waiting(
    {
      es: 'Al cumplir 18 años la persona decide sobre sus datos y termina el acceso de su representante',
      en: 'At 18 the person takes control of their data and the representative’s access ends',
    },
    'LGDNNA 4',
    'POL',
    'P',
    'the ticker that follows dates, and the page for the person concerned',
  ),
  'R-718': waiting(
    {
      es: 'Nada que pueda identificar a la niña, niño o adolescente sale a medios o documentos públicos',
      en: 'Nothing that may identify the child leaves for media or public documents',
    },
    'LGDNNA 77–80; LGAMVLV 34 Quáter-IV',
    'LAW',
    'V',
    'public documents and statistics; today the product makes none',
  ),
  'R-719': {
    title: {
      es: 'El análisis estadístico no llega a ningún expediente, llave ni línea de tiempo',
      en: 'Analysts have no case-level access, no key and no timeline',
    },
    source: 'LSNIEG 37–38; LGV 44',
    basis: 'LAW',
    confidence: 'V',
    state: 'enforced',
    ...ACCESS,
    refusals: {
      'E-NEED': {
        because: {
          es: 'Una cuenta de análisis no abre expedientes, en ninguna circunstancia.',
          en: 'An analyst’s account opens no case, under any circumstance.',
        },
        instead: {
          es: 'Use las cifras publicadas, que no identifican a nadie.',
          en: 'Use the published figures, which identify nobody.',
        },
      },
    },
  },
  'R-720': {
    title: {
      es: 'La supervisión ve actuación, plazos y accesos; nunca la identidad sin una segunda aprobación',
      en: 'Supervisors see conduct, due times and access logs; never identity without a second approval',
    },
    source: 'Project policy',
    basis: 'POL',
    confidence: 'P',
    state: 'enforced',
    ...ACCESS,
    refusals: {
      'E-GLASS-SECOND': {
        because: {
          es: 'El acceso de emergencia de una persona de supervisión necesita la aprobación de otra persona.',
          en: 'A supervisor’s break-glass needs the approval of another person.',
        },
        instead: {
          es: 'Pida la revisión a otra persona de supervisión de su institución o de la Procuraduría de Protección.',
          en: 'Ask another supervisor of your agency, or of the Child Protection Authority, to review it.',
        },
      },
    },
  },
  'R-721': {
    title: {
      es: 'La cuenta termina el mismo día que el encargo; el deber de confidencialidad no termina',
      en: 'An account ends the same day as the employment; the duty of confidentiality does not end',
    },
    source: 'LGPDPPSO 36',
    basis: 'LAW',
    confidence: 'V',
    state: 'waiting',
    waitsFor:
      'the agencies’ own directory of accounts; the demo issuer can end an account, and nobody has a page for it',
    where: 'libs/identity/src/embedded-issuer.ts',
    scenario: 'libs/identity/src/embedded-issuer.spec.ts',
  },
  'R-722': {
    title: {
      es: 'La niña, niño o adolescente puede saber, por la Procuraduría o su asesoría, quién abrió su expediente',
      en: 'The child may know, through the Child Protection Authority or the adviser, who opened the record',
    },
    source: 'LGPDPPSO 38',
    basis: 'LAW',
    confidence: 'V/P',
    state: 'recorded',
    where: 'libs/contracts/src/legal/rules-h.ts',
    scenario: 'libs/contracts/src/legal/rules-h.spec.ts',
  },
};
