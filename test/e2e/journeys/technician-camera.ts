import { WORDS } from '../citizen.ts';
import { expect, type Journey, type JourneyContext } from '../journey.ts';
import { enterMaintenance } from '../maintenance.ts';

/** Asks for a camera or microphone as a script in the page could; gives the name of the refusal. */
async function askFor({ kiosk }: JourneyContext, media: { video?: boolean; audio?: boolean }): Promise<string> {
  return kiosk.page.evaluate(async (wanted) => {
    try {
      const stream = await navigator.mediaDevices.getUserMedia(wanted);
      for (const track of stream.getTracks()) track.stop();
      return 'given';
    } catch (cause) {
      return cause instanceof Error ? cause.name : String(cause);
    }
  }, media);
}

/** What is drawn on the canvas: its size, and how many different colours a sample of it has. */
async function drawn({ kiosk }: JourneyContext): Promise<{ width: number; height: number; colours: number }> {
  return kiosk.page.locator('.dcam canvas').evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    const seen = new Set<number>();
    for (let at = 0; at + 2 < pixels.length; at += 4 * 97) {
      seen.add(((pixels[at] ?? 0) << 16) | ((pixels[at + 1] ?? 0) << 8) | (pixels[at + 2] ?? 0));
    }
    return { width: canvas.width, height: canvas.height, colours: seen.size };
  });
}

/** A technician sets the document camera up and takes a picture; the camera is open to nobody before and after. */
export const technicianCamera: Journey = {
  name: 'technician-camera',
  stack: {},
  async run(context) {
    const { kiosk, step } = context;
    step('nobody may use the camera');
    await kiosk.see('button', WORDS.start);
    expect((await askFor(context, { video: true })) === 'NotAllowedError', 'no camera for the attract screen');
    step('set it up');
    await enterMaintenance(kiosk);
    await kiosk.tap('button', '设置高拍仪');
    await kiosk.see('heading', '设置高拍仪');
    await kiosk.tap('button', '写摄像头名');
    await kiosk.tap('button', '地址输好了');
    await kiosk.shot('camera-setting');
    await kiosk.tap('button', '保存设置');
    await kiosk.seeText(/高拍仪已保存/);
    expect((await askFor(context, { video: true })) === 'NotAllowedError', 'no camera for the list of devices');
    step('take a picture');
    await kiosk.tap('button', '测试高拍仪');
    await kiosk.see('button', '拍照');
    expect((await askFor(context, { audio: true })) === 'NotAllowedError', 'no microphone beside the camera');
    await kiosk.page.waitForTimeout(1_000);
    await kiosk.shot('live');
    await kiosk.tap('button', '拍照');
    await kiosk.see('button', '重拍');
    // Chromium's own test camera shows a light pie on a dark green ground.
    const first = await drawn(context);
    expect(first.width >= 320 && first.height >= 240 && first.colours >= 2, `a picture: ${JSON.stringify(first)}`);
    await kiosk.shot('taken');
    step('take it again, accept it');
    await kiosk.tap('button', '重拍');
    await kiosk.see('button', '拍照');
    const wiped = await drawn(context);
    expect(wiped.width === 1 && wiped.height === 1, 'the first picture is wiped');
    await kiosk.tap('button', '拍照');
    await kiosk.tap('button', '就用这张');
    await kiosk.seeText(new RegExp(`${first.width} x ${first.height}`));
    await kiosk.shot('passed');
    expect((await kiosk.page.locator('.dcam').count()) === 0, 'the camera is off the screen');
    expect((await askFor(context, { video: true })) === 'NotAllowedError', 'no camera after the test');
    kiosk.takeFaults(/NotAllowedError|Permission/);
  },
};
