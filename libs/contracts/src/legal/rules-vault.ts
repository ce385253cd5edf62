import type { RuleBook } from './rule-book.js';

/** Rules that the vault enforces: identity apart, search before create, erasure by two persons. */
export const rulesVault: RuleBook = {
  'R-703': {
    title: {
      es: 'La identidad solo existe en la bóveda, cifrada por persona',
      en: 'Identity exists only in the vault, encrypted per person',
    },
    source: 'CPEUM 20-C-V; CNPP 106, 109-XXVI; LGDNNA 76–79, 86-IV; LGV 40-III',
    basis: 'LAW',
    confidence: 'V',
    state: 'enforced',
    where: 'libs/vault/src/identity/identity-vault.ts',
    scenario: 'libs/vault/src/erasure/erasure.spec.ts',
    refusals: {
      'E-IDENTITY-EMPTY': {
        because: {
          es: 'La corrección no indica ningún dato de identidad.',
          en: 'The correction names no part of the identity.',
        },
        instead: {
          es: 'Escriba al menos un dato que deba quedar de otra forma.',
          en: 'Enter at least one detail that should read differently.',
        },
      },
    },
  },
  'R-716': {
    title: {
      es: 'Los datos se suprimen destruyendo sus llaves, nunca mientras un procedimiento los necesite',
      en: 'Data are erased by destroying their keys, never while a proceeding may need them',
    },
    source: 'LGPDPPSO 3-V, 17, 18; CPF 205 Bis',
    basis: 'LAW, POL',
    confidence: 'V/M',
    state: 'enforced',
    notYet: 'how long each class of data is kept is set by no table; the prosecutor’s review decides',
    where: 'libs/vault/src/erasure/erasure.rule.ts',
    scenario: 'libs/vault/src/vault.decider.spec.ts',
    refusals: {
      'E-LEGAL-HOLD': {
        because: {
          es: 'Un procedimiento, un delito imprescriptible o un plazo de conservación puede necesitar todavía estos datos, o la Fiscalía no lo ha revisado en los últimos 30 días en todos los expedientes vinculados ({cases}).',
          en: 'A proceeding, an offence without limitation or a retention period may still need these data, or the prosecutor has not reviewed it within 30 days in every linked case ({cases}).',
        },
        instead: {
          es: 'Pida a la Fiscalía que revise la retención legal en cada expediente vinculado. Mientras tanto los datos siguen cifrados.',
          en: 'Ask the prosecutor to review the legal hold in each linked case. Until then the data stay sealed.',
        },
      },
      'E-ERASURE-CONTROLLER': {
        because: {
          es: 'Solo una persona supervisora de la institución que registró el expediente puede solicitar la supresión.',
          en: 'Only a supervisor of the agency that recorded the case may request its erasure.',
        },
        instead: {
          es: 'Dirija la solicitud a la supervisión de esa institución.',
          en: 'Address the request to the supervisors of that agency.',
        },
      },
      'E-ERASURE-REPRESENTATIVE': {
        because: {
          es: 'Solo la representación de la Procuraduría de Protección decide sobre una supresión.',
          en: 'Only the Child Protection representative decides on an erasure.',
        },
        instead: {
          es: 'La solicitud espera en las aprobaciones de esa representación.',
          en: 'The request waits among that representative’s approvals.',
        },
      },
      'E-ERASURE-TWO-PERSONS': {
        because: {
          es: 'Nadie decide sobre su propia solicitud.',
          en: 'Nobody decides their own request.',
        },
        instead: {
          es: 'Otra persona de la representación debe decidir.',
          en: 'Another representative must decide.',
        },
      },
      'E-ERASURE-OPEN': {
        because: {
          es: 'Ya hay una solicitud de supresión sin decidir en este expediente.',
          en: 'A request for erasure in this case is waiting for a decision.',
        },
        instead: {
          es: 'Espere la decisión o hable con quien la presentó.',
          en: 'Wait for the decision, or speak to whoever made the request.',
        },
      },
      'E-ERASURE-NONE': {
        because: {
          es: 'Esa solicitud de supresión no existe o ya fue decidida.',
          en: 'That request for erasure does not exist or was decided already.',
        },
        instead: {
          es: 'Consulte en la línea de tiempo cómo se decidió.',
          en: 'See on the timeline how it was decided.',
        },
      },
      'E-ERASED': {
        because: {
          es: 'Los datos personales de este expediente fueron suprimidos.',
          en: 'The personal data of this case were erased.',
        },
        instead: {
          es: 'Los hechos pueden seguir registrándose; solo se conservan sus códigos. Si la niña, niño o adolescente vuelve a necesitar atención, abra un expediente nuevo.',
          en: 'Facts can still be recorded; only their codes are kept. If the child needs help again, open a new case.',
        },
      },
    },
  },
  'C-11': {
    title: {
      es: 'Buscar antes de registrar no es una ventana al expediente de otra institución',
      en: 'Searching before creating is not a window into another agency’s file',
    },
    source: 'Política del proyecto; LGPDPPSO 12, 61; LGV 40',
    basis: 'POL',
    confidence: 'P',
    state: 'enforced',
    where: 'libs/vault/src/identity/identity-vault.ts',
    scenario: 'libs/vault/src/identity/identity-vault.spec.ts',
    refusals: {
      'E-NO-MATCH': {
        because: {
          es: 'Esa coincidencia no viene de una búsqueda suya, o es este mismo caso.',
          en: 'That match is not from a search of yours, or it is this very case.',
        },
        instead: { es: 'Busque de nuevo y ligue desde el resultado.', en: 'Search again and link from the result.' },
      },
      'E-SEARCH-DOWN': {
        because: { es: 'La búsqueda no está disponible ahora.', en: 'The search is not available now.' },
        instead: {
          es: 'El caso sigue abierto como provisional: intente más tarde.',
          en: 'The case goes on as provisional: try again later.',
        },
      },
      'E-SEARCH-PURPOSE': {
        because: {
          es: 'La búsqueda solo existe para recibir un reporte.',
          en: 'The search exists only for receiving a report.',
        },
        instead: {
          es: 'Indique como finalidad la recepción de un reporte.',
          en: 'State the receipt of a report as the purpose.',
        },
      },
      'E-SEARCH-RATE': {
        because: {
          es: 'Hizo más de {perMinute} búsquedas en un minuto.',
          en: 'You made more than {perMinute} searches within a minute.',
        },
        instead: {
          es: 'Espere un minuto. El reporte puede recibirse ahora como provisional.',
          en: 'Wait a minute. The report can be received now as provisional.',
        },
      },
      'E-SEARCH-RECEIPT': {
        because: {
          es: 'Esa búsqueda la hizo otra persona.',
          en: 'Somebody else made that search.',
        },
        instead: { es: 'Haga su propia búsqueda.', en: 'Make a search of your own.' },
      },
    },
  },
  'C-13': {
    title: {
      es: 'La supresión la ordenan dos personas, alcanza todos los expedientes vinculados y no se deshace',
      en: 'Erasure is ordered by two persons, reaches every linked case and cannot be undone',
    },
    source: 'Política del proyecto; LGPDPPSO 3-V, 17, 18',
    basis: 'POL',
    confidence: 'P',
    state: 'enforced',
    where: 'libs/vault/src/erasure/erasure.rule.ts',
    scenario: 'libs/vault/src/erasure/erasure.spec.ts',
  },
};
