import type { CallOutput } from '../contract/calls.ts';
import { problem, type Problem } from '../contract/problems.ts';
import type { CallName } from '../contract/calls.ts';
import { CALLS } from '../contract/calls.ts';
import type { Handlers } from '../ipc/router.ts';
import { err, ok } from '../../native/model/result.ts';
import { sealForm } from '../services/form-desk.ts';
import { heldCode } from '../services/pickups.ts';
import type { DeviceReport } from '../services/device-ports.ts';
import type { CameraDesk } from './document-camera.ts';
import { checkHost } from './host-check.ts';
import { deviceOfFile, readHost } from './host-files.ts';
import type { UseCases } from './use-cases.ts';
import { cardDto } from './card-dto.ts';

/** Health of the devices as the admin screen gets it. */
export function healthDtos(reports: readonly DeviceReport[]): CallOutput<'technician.devices'>['devices'] {
  return reports.map(({ supplies, ...report }) => ({
    ...report,
    since: new Date(report.since).toISOString(),
    ...(supplies === undefined ? {} : { supplies: [...supplies] }),
  }));
}

/** Which use case answers which call. */
export function createHandlers(app: UseCases, camera?: CameraDesk): Handlers {
  const {
    visits,
    cases,
    attachments,
    pickups,
    receipts,
    ratings,
    technician,
    settings,
    catalogue,
    devices,
    help,
    upkeep,
    workbench,
  } = app;
  return {
    'kiosk.snapshot': async () => ok(app.snapshot()),
    'catalogue.list': async () => ok({ version: catalogue.version, items: [...catalogue.summaries()] }),
    'catalogue.search': async ({ tries, language, applicant, lifeEvent, department, from, limit }) => {
      const filter = {
        ...(applicant === null ? {} : { applicant }),
        ...(lifeEvent === null ? {} : { lifeEvent }),
        ...(department === null ? {} : { department }),
      };
      const { words, total, hits } = catalogue.search({ tries, language, filter, from, limit });
      return ok({
        words,
        total,
        hits: hits.map(({ item, matched }) => ({
          item,
          matched: matched.map(([at, to]): [number, number] => [at, to]),
        })),
      });
    },
    'catalogue.outline': async () => {
      const { total, lifeEvents, departments } = catalogue.outline();
      return ok({ total, lifeEvents: [...lifeEvents], departments: [...departments] });
    },
    'catalogue.item': async ({ itemId }) => {
      const item = catalogue.find(itemId);
      return item ? ok({ item }) : err(problem('S502-item-unknown'));
    },

    'visit.begin': async ({ language }) =>
      ok({ visitId: visits.begin(language, { cardLeft: app.cardPlace.former }).id }),
    'visit.end': async ({ visitId, reason, manner }) => {
      await app.cardPlace.lifted();
      visits.end(visitId, reason, manner);
      return ok({});
    },

    'card.read': async ({ visitId, itemId }) => {
      const item = itemId === undefined ? null : catalogue.find(itemId);
      const read = await visits.readCard(visitId, { socialSecurity: item?.alsoSocialSecurityCard === true });
      if (!read.ok) return read;
      return ok({ card: cardDto(read.value) });
    },
    'card.cancel': async ({ visitId }) => {
      visits.cancelCard(visitId);
      return ok({});
    },

    'case.submit': ({ values, ...request }) =>
      cases.submit(request, (order) => sealForm({ card: visits.current?.card ?? null, values }, order, app.sealer)),
    'attachment.add': (input) => app.files.add(input),
    'attachment.chunk': ({ visitId, attachmentId, bytes }) => app.files.chunk(visitId, attachmentId, bytes),
    'attachment.remove': async ({ visitId, attachmentId }) => {
      const removed = await app.files.remove(visitId, attachmentId);
      return removed.ok ? ok({}) : removed;
    },
    'attachment.list': async ({ visitId, itemId }) => {
      const files = attachments.list(visitId, itemId);
      return files.ok ? ok({ attachments: [...files.value] }) : files;
    },
    'case.find': ({ number }) => cases.find(number),
    'receipt.print': ({ visitId, subject, subjectId, language }) =>
      receipts.print(visitId, subject, subjectId, language),

    'scanner.listen': async ({ visitId, on }) => {
      const visit = visits.require(visitId);
      if (!visit.ok) return visit;
      app.listen(on ? visitId : null);
      await devices.triggerScanner(on);
      return ok({});
    },
    'pickup.check': ({ visitId, code }) => pickups.check(visitId, heldCode(code)),
    'pickup.open': ({ visitId, pickupId }) => pickups.open(visitId, pickupId),
    'pickup.door': ({ visitId, pickupId }) => pickups.door(visitId, pickupId),

    'rating.invite': ({ visitId, subject, subjectId }) => ratings.invite(visitId, subject, subjectId),
    'rating.give': ({ visitId, subject, subjectId, level }) => ratings.give(visitId, subject, subjectId, level),
    'rating.skip': async ({ visitId }) => {
      await ratings.skip(visitId);
      return ok({});
    },

    'help.ask': ({ reason, screen }) => help.ask(reason, screen),
    'help.standing': ({ requestId }) => help.standing(requestId),

    'camera.use': async ({ visitId, on }) => {
      const visit = visits.require(visitId);
      if (!visit.ok) return visit;
      devices.allowCamera(on);
      return ok({});
    },
    'camera.report': async ({ picture, ...report }) => {
      camera?.report(report, picture);
      return ok({});
    },

    'speech.say': async ({ text, voice }) => ok({ wav: await app.speech.say(text, voice) }),
    'hall.extras': async () =>
      ok({ locales: app.hall.locales.map(({ manifest }) => manifest), clips: [...app.hall.clips] }),
    'hall.locale': async ({ tag }) => {
      const pack = app.hall.locales.find(({ manifest }) => manifest.tag === tag);
      const font = pack?.font ?? null;
      return ok({ texts: { ...pack?.texts }, font: font && Buffer.from(font).toString('base64') });
    },
    'hall.clip': async ({ name }) => {
      const clip = await app.hall.clip(name);
      return ok(clip && { type: clip.type, data: Buffer.from(clip.bytes).toString('base64') });
    },

    'technician.unlock': ({ pin }) => technician.unlock(pin),
    'technician.lock': async ({ token }) => {
      const held = await technician.guarded(token, async () => ok({}));
      if (held.ok) await workbench.leave();
      return technician.lock(token);
    },
    'technician.devices': ({ token }) =>
      technician.guarded(token, async () =>
        ok({
          devices: healthDtos(devices.reports()),
          settings: [...settings.settings()],
          drivers: [...settings.drivers()],
          version: settings.version(),
        }),
      ),
    'technician.ports': ({ token }) =>
      technician.guarded(token, async () => ok({ ports: [...(await workbench.findPorts())] })),
    'technician.device': ({ token, deviceClass }) =>
      technician.guarded(token, async () => ok(workbench.history(deviceClass))),
    'technician.paperReplaced': ({ token }) =>
      technician.guarded(token, async () => ok(await workbench.paperReplaced())),
    'technician.calibrationBegin': ({ token, setting }) =>
      technician.guarded(token, async () => ok(await workbench.beginCalibration(setting))),
    'technician.calibrationAnswer': ({ token, said }) =>
      technician.guarded(token, async () => ok(await workbench.answerCalibration(said))),
    'technician.calibrationSave': ({ token, baseVersion }) =>
      technician.guarded(token, async () => {
        const found = await workbench.foundByCalibration();
        return found.ok ? technician.save(found.value, baseVersion) : found;
      }),
    'technician.calibrationEnd': ({ token }) =>
      technician.guarded(token, async () => {
        await workbench.endCalibration();
        return ok({});
      }),
    'technician.keypadProfiles': ({ token }) =>
      technician.guarded(token, async () => ok({ profiles: [...(await workbench.keypadProfiles())] })),
    'technician.keypadListen': ({ token, setting }) =>
      technician.guarded(token, async () => ok(await workbench.listenToKeypad(setting))),
    'technician.save': ({ token, setting, baseVersion }) =>
      technician.guarded(token, () => technician.save(setting, baseVersion)),
    'technician.sound': ({ token }) => technician.guarded(token, async () => ok(await app.sound.look())),
    'technician.saveSound': ({ token, setting, baseVersion }) =>
      technician.guarded(token, async () => ok(await app.sound.save(setting, baseVersion))),
    'technician.test': ({ token, deviceClass, cell, language }) =>
      technician.guarded(token, () => technician.test(deviceClass, cell, language)),
    'technician.cancelTest': ({ token }) =>
      technician.guarded(token, async () => {
        technician.cancelTest();
        workbench.cancelListening();
        return ok({});
      }),
    'technician.outbox': ({ token }) => technician.guarded(token, () => technician.outbox()),
    'technician.sendNow': ({ token }) => technician.guarded(token, () => technician.sendNow()),
    'technician.resend': ({ token, entryId }) => technician.guarded(token, () => technician.resend(entryId)),
    'technician.discard': ({ token, entryId, secondPin, reason }) =>
      technician.guarded(token, () => technician.discard(entryId, secondPin, reason)),
    'technician.store': ({ token }) => technician.guarded(token, () => upkeep.look()),
    'technician.rotateKey': ({ token }) => technician.guarded(token, () => upkeep.rotateKey()),
    'technician.renewKey': ({ token }) => technician.guarded(token, () => upkeep.renewLostKey()),
    'technician.handOver': ({ token, folder }) => technician.guarded(token, () => upkeep.handOver(folder)),
    'technician.checkEvidence': ({ token }) => technician.guarded(token, () => upkeep.checkEvidence()),
    'technician.copyPlaces': ({ token }) => technician.guarded(token, () => upkeep.copyPlaces()),
    'technician.copies': ({ token }) => technician.guarded(token, () => upkeep.copies()),
    'technician.takeOver': ({ token, file }) => technician.guarded(token, () => upkeep.takeOver(file)),
    'technician.takeBack': ({ token }) => technician.guarded(token, () => upkeep.takeBack()),
    'technician.selfCheck': ({ token }) =>
      technician.guarded(token, async () =>
        ok({ checks: [...(await upkeep.checks()), ...(await checkHost(readHost, deviceOfFile))] }),
      ),
    'technician.noteLoss': ({ token }) => technician.guarded(token, () => upkeep.noteLoss()),
    'technician.logs': ({ token, limit }) => technician.guarded(token, () => technician.logs(limit)),
  };
}

/** Handlers of a kiosk that could not start: every call says why, so that the screen can. */
export function outOfServiceHandlers(reason: Problem): Handlers {
  const refuse = async (): Promise<{ readonly ok: false; readonly error: Problem }> => err(reason);
  const entries = (Object.keys(CALLS) as CallName[]).map((name) => [name, refuse] as const);
  return Object.fromEntries(entries) as unknown as Handlers;
}
