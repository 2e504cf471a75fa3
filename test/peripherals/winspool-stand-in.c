/*
 * Stands in for winspool.drv: one printer, "Stand-in", whose jobs have all the states of which Wine's own spooler has none.
 * Built against the compiler's winspool.h, so that the layouts and calling conventions are not those of the product.
 * %HALL24_STAND_IN% is a folder: `mood` says how the printer behaves and is read at every call, `spool` holds a file for
 * each job that is in the queue, `paper` what came out.
 */
#include <windows.h>
#include <winspool.h>
#include <stdio.h>
#include <string.h>

#ifndef JOB_CONTROL_RETAIN
#define JOB_CONTROL_RETAIN 8
#define JOB_CONTROL_RELEASE 9
#endif
#ifndef JOB_STATUS_RETAINED
#define JOB_STATUS_RETAINED 0x2000
#endif

#define EXPORT __declspec(dllexport)
#define MAX_JOBS 64
/* When a job begins after its document has ended, and how long it prints, in milliseconds. */
#define BEGINS_AFTER 700
#define PRINTS_FOR 900

static const WCHAR NAME[] = L"Stand-in";

typedef struct {
  DWORD id;
  WCHAR document[64];
  WCHAR datatype[16];
  DWORD status;
  DWORD pages;
  ULONGLONG since;
  int retained;
} Job;

static Job jobs[MAX_JOBS];
static DWORD last_id = 40;
static CRITICAL_SECTION lock;

BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, LPVOID reserved) {
  if (reason == DLL_PROCESS_ATTACH) InitializeCriticalSection(&lock);
  return TRUE;
}

static void path_of(char *into, const char *folder, DWORD id, const char *end) {
  const char *home = getenv("HALL24_STAND_IN");
  sprintf(into, "%s\\%s\\%lu%s", home, folder, id, end);
}

static int mood_is(const char *word) {
  char path[MAX_PATH], mood[32] = "";
  FILE *file;
  sprintf(path, "%s\\mood", getenv("HALL24_STAND_IN"));
  file = fopen(path, "rb");
  if (!file) return 0;
  mood[fread(mood, 1, sizeof(mood) - 1, file)] = 0;
  fclose(file);
  return strcmp(mood, word) == 0;
}

static BOOL fail(DWORD error) {
  SetLastError(error);
  return FALSE;
}

static Job *find(DWORD id) {
  int i;
  for (i = 0; i < MAX_JOBS; i++)
    if (jobs[i].id == id && id != 0) return &jobs[i];
  return NULL;
}

static void forget(Job *job) {
  char path[MAX_PATH];
  path_of(path, "spool", job->id, ".SPL");
  remove(path);
  memset(job, 0, sizeof(*job));
}

static int held(void) { return mood_is("paused") || mood_is("offline"); }

static void print(Job *job) {
  char from[MAX_PATH], to[MAX_PATH];
  path_of(from, "spool", job->id, ".SPL");
  path_of(to, "paper", job->id, ".pdf");
  CopyFileA(from, to, FALSE);
  job->pages = 1;
}

/* A job goes on by the time that has passed. */
static void go_on(Job *job) {
  ULONGLONG now = GetTickCount64();
  if (job->status & (JOB_STATUS_SPOOLING | JOB_STATUS_PRINTED | JOB_STATUS_COMPLETE)) return;
  if (job->status & JOB_STATUS_DELETING) {
    if (now - job->since > 300) forget(job);
    return;
  }
  if (!(job->status & JOB_STATUS_PRINTING)) {
    if (held() || mood_is("wait") || (job->status & (JOB_STATUS_PAUSED | JOB_STATUS_ERROR))) job->since = now;
    if (now - job->since < BEGINS_AFTER) return;
    if (mood_is("delete")) job->status |= JOB_STATUS_DELETING;
    else if (mood_is("error")) job->status |= JOB_STATUS_ERROR;
    else job->status |= JOB_STATUS_PRINTING;
    job->since = now;
    return;
  }
  if (mood_is("hang") || mood_is("paper-out")) job->since = now;
  if (now - job->since < PRINTS_FOR) return;
  print(job);
  job->status = mood_is("sent-only") ? JOB_STATUS_COMPLETE : JOB_STATUS_PRINTED;
  if (job->retained) job->status |= JOB_STATUS_RETAINED;
  else if (job->status & JOB_STATUS_PRINTED) forget(job);
}

/* Every call passes here; a spooler that is away or does not allow it answers nothing else. */
static DWORD enter(void) {
  if (mood_is("stuck")) Sleep(13000);
  EnterCriticalSection(&lock);
  return mood_is("away") ? RPC_S_SERVER_UNAVAILABLE : mood_is("denied") ? ERROR_ACCESS_DENIED : 0;
}

static BOOL leave(BOOL result) {
  DWORD error = GetLastError();
  LeaveCriticalSection(&lock);
  SetLastError(error);
  return result;
}

EXPORT BOOL WINAPI OpenPrinterW(LPWSTR name, LPHANDLE handle, LPPRINTER_DEFAULTSW defaults) {
  DWORD *opened;
  DWORD error = enter();
  if (error) return leave(fail(error));
  if (wcscmp(name, NAME) != 0) return leave(fail(ERROR_INVALID_PRINTER_NAME));
  /* The number of the job whose document is open; 0 while there is none. */
  opened = calloc(1, sizeof(DWORD));
  *handle = opened;
  return leave(TRUE);
}

EXPORT BOOL WINAPI ClosePrinter(HANDLE handle) {
  enter();
  free(handle);
  return leave(TRUE);
}

EXPORT DWORD WINAPI StartDocPrinterW(HANDLE handle, DWORD level, LPBYTE bytes) {
  DOC_INFO_1W *info = (DOC_INFO_1W *)bytes;
  char path[MAX_PATH];
  FILE *file;
  int i;
  DWORD error = enter();
  if (error) return leave(fail(error));
  if (level != 1 || info->pOutputFile != NULL) return leave(fail(ERROR_INVALID_PARAMETER));
  for (i = 0; i < MAX_JOBS && jobs[i].id != 0; i++) continue;
  if (i == MAX_JOBS) return leave(fail(ERROR_OUTOFMEMORY));
  last_id += 1;
  jobs[i].id = last_id;
  jobs[i].status = JOB_STATUS_SPOOLING;
  lstrcpynW(jobs[i].document, info->pDocName, 64);
  lstrcpynW(jobs[i].datatype, info->pDatatype, 16);
  path_of(path, "spool", last_id, ".SPL");
  file = fopen(path, "wb");
  if (file) fclose(file);
  *(DWORD *)handle = last_id;
  return leave(last_id);
}

EXPORT BOOL WINAPI StartPagePrinter(HANDLE handle) { return *(DWORD *)handle != 0 ? TRUE : fail(ERROR_INVALID_HANDLE); }

EXPORT BOOL WINAPI EndPagePrinter(HANDLE handle) { return *(DWORD *)handle != 0 ? TRUE : fail(ERROR_INVALID_HANDLE); }

EXPORT BOOL WINAPI WritePrinter(HANDLE handle, LPVOID bytes, DWORD length, LPDWORD written) {
  char path[MAX_PATH];
  FILE *file;
  DWORD error = enter();
  *written = 0;
  if (error) return leave(fail(error));
  if (mood_is("disk-full")) return leave(fail(ERROR_DISK_FULL));
  path_of(path, "spool", *(DWORD *)handle, ".SPL");
  file = fopen(path, "ab");
  if (!file) return leave(fail(ERROR_SPL_NO_STARTDOC));
  /* It may take less than it is given. */
  *written = (DWORD)fwrite(bytes, 1, length > 1000 ? 1000 : length, file);
  fclose(file);
  return leave(TRUE);
}

EXPORT BOOL WINAPI EndDocPrinter(HANDLE handle) {
  Job *job;
  DWORD error = enter();
  if (error) return leave(fail(error));
  job = find(*(DWORD *)handle);
  *(DWORD *)handle = 0;
  if (!job) return leave(fail(ERROR_SPL_NO_STARTDOC));
  job->status &= ~JOB_STATUS_SPOOLING;
  job->since = GetTickCount64();
  return leave(TRUE);
}

EXPORT BOOL WINAPI AbortPrinter(HANDLE handle) {
  Job *job;
  enter();
  job = find(*(DWORD *)handle);
  *(DWORD *)handle = 0;
  if (job) forget(job);
  return leave(TRUE);
}

EXPORT BOOL WINAPI SetJobW(HANDLE handle, DWORD id, DWORD level, LPBYTE info, DWORD command) {
  Job *job;
  DWORD error = enter();
  if (error) return leave(fail(error));
  job = find(id);
  if (!job || level != 0 || info != NULL) return leave(fail(ERROR_INVALID_PARAMETER));
  switch (command) {
    case JOB_CONTROL_PAUSE:
      job->status |= JOB_STATUS_PAUSED;
      break;
    case JOB_CONTROL_RETAIN:
      job->retained = 1;
      break;
    case JOB_CONTROL_RELEASE:
      job->retained = 0;
      if (job->status & JOB_STATUS_PRINTED) forget(job);
      break;
    case JOB_CONTROL_DELETE:
      /* A retained job that was printed stays until it is released. */
      if (job->retained && (job->status & JOB_STATUS_PRINTED)) return leave(fail(ERROR_ACCESS_DENIED));
      if (!(job->status & JOB_STATUS_PRINTING)) forget(job);
      else if (!(job->status & JOB_STATUS_DELETING)) {
        job->status |= JOB_STATUS_DELETING;
        job->since = GetTickCount64();
      }
      break;
    default:
      return leave(fail(ERROR_INVALID_PARAMETER));
  }
  return leave(TRUE);
}

/* Texts stand at the end of the buffer, as the real spooler puts them. */
static LPWSTR put(LPBYTE *end, const WCHAR *text) {
  size_t size = (wcslen(text) + 1) * sizeof(WCHAR);
  *end -= size;
  memcpy(*end, text, size);
  return (LPWSTR)*end;
}

#define TEXT_ROOM 512

static void fill_job(JOB_INFO_1W *into, const Job *job, LPBYTE *end) {
  memset(into, 0, sizeof(*into));
  into->JobId = job->id;
  into->pPrinterName = put(end, NAME);
  into->pMachineName = put(end, L"\\\\KIOSK");
  into->pUserName = put(end, L"somebody");
  into->pDocument = put(end, job->document);
  into->pDatatype = put(end, job->datatype);
  into->Status = job->status | (mood_is("paper-out") && (job->status & JOB_STATUS_PRINTING) ? JOB_STATUS_PAPEROUT : 0);
  into->Priority = 0x11111111;
  into->Position = 0x22222222;
  into->TotalPages = 0x33333333;
  into->PagesPrinted = job->pages;
  into->Submitted.wYear = 2026;
}

EXPORT BOOL WINAPI GetJobW(HANDLE handle, DWORD id, DWORD level, LPBYTE into, DWORD size, LPDWORD needed) {
  LPBYTE end = into + size;
  Job *job;
  DWORD error = enter();
  if (error) return leave(fail(error));
  job = find(id);
  if (job) go_on(job);
  job = find(id);
  if (!job || level != 1) return leave(fail(ERROR_INVALID_PARAMETER));
  *needed = sizeof(JOB_INFO_1W) + TEXT_ROOM;
  if (size < *needed) return leave(fail(ERROR_INSUFFICIENT_BUFFER));
  fill_job((JOB_INFO_1W *)into, job, &end);
  return leave(TRUE);
}

EXPORT BOOL WINAPI EnumJobsW(HANDLE handle, DWORD first, DWORD count, DWORD level, LPBYTE into, DWORD size,
                             LPDWORD needed, LPDWORD returned) {
  LPBYTE end = into + size;
  int i;
  DWORD error = enter();
  if (error) return leave(fail(error));
  *returned = 0;
  for (i = 0; i < MAX_JOBS; i++) *returned += jobs[i].id != 0;
  /* Asks for more than it is given at first. */
  *needed = *returned == 0 ? 0 : 70 * 1024 + *returned * (sizeof(JOB_INFO_1W) + TEXT_ROOM);
  if (level != 1) return leave(fail(ERROR_INVALID_LEVEL));
  if (size < *needed) {
    *returned = 0;
    return leave(fail(ERROR_INSUFFICIENT_BUFFER));
  }
  *returned = 0;
  for (i = 0; i < MAX_JOBS; i++)
    if (jobs[i].id != 0) fill_job((JOB_INFO_1W *)into + (*returned)++, &jobs[i], &end);
  return leave(TRUE);
}

static void fill_printer(PRINTER_INFO_2W *into, const WCHAR *name, LPBYTE *end) {
  int i;
  memset(into, 0, sizeof(*into));
  into->pPrinterName = put(end, name);
  into->pShareName = put(end, L"share");
  into->pPortName = put(end, L"USB001");
  into->pDriverName = put(end, L"Stand-in PDF");
  into->pComment = put(end, L"\x95e8\x53e3");
  into->pLocation = put(end, L"2F");
  into->pDatatype = put(end, L"RAW");
  into->Attributes = PRINTER_ATTRIBUTE_LOCAL | (mood_is("work-offline") ? PRINTER_ATTRIBUTE_WORK_OFFLINE : 0);
  into->Priority = 0x11111111;
  into->AveragePPM = 0x22222222;
  into->Status = (mood_is("paused") ? PRINTER_STATUS_PAUSED : 0) | (mood_is("offline") ? PRINTER_STATUS_OFFLINE : 0) |
                 (mood_is("paper-out") ? PRINTER_STATUS_PAPER_OUT : 0) | (mood_is("jam") ? PRINTER_STATUS_PAPER_JAM : 0) |
                 (mood_is("door") ? PRINTER_STATUS_DOOR_OPEN : 0) | (mood_is("toner") ? PRINTER_STATUS_TONER_LOW : 0);
  for (i = 0; i < MAX_JOBS; i++) {
    into->cJobs += jobs[i].id != 0;
    if (jobs[i].status & JOB_STATUS_PRINTING) into->Status |= PRINTER_STATUS_PRINTING;
  }
}

EXPORT BOOL WINAPI GetPrinterW(HANDLE handle, DWORD level, LPBYTE into, DWORD size, LPDWORD needed) {
  LPBYTE end = into + size;
  DWORD error = enter();
  if (error) return leave(fail(error));
  *needed = sizeof(PRINTER_INFO_2W) + TEXT_ROOM;
  if (level != 2) return leave(fail(ERROR_INVALID_LEVEL));
  if (size < *needed) return leave(fail(ERROR_INSUFFICIENT_BUFFER));
  fill_printer((PRINTER_INFO_2W *)into, NAME, &end);
  return leave(TRUE);
}

EXPORT BOOL WINAPI EnumPrintersW(DWORD flags, LPWSTR server, DWORD level, LPBYTE into, DWORD size, LPDWORD needed,
                                 LPDWORD returned) {
  LPBYTE end = into + size;
  DWORD error = enter();
  if (error) return leave(fail(error));
  *needed = 2 * (sizeof(PRINTER_INFO_2W) + TEXT_ROOM);
  *returned = 0;
  if (level != 2 || flags != (PRINTER_ENUM_LOCAL | PRINTER_ENUM_CONNECTIONS)) return leave(fail(ERROR_INVALID_LEVEL));
  if (size < *needed) return leave(fail(ERROR_INSUFFICIENT_BUFFER));
  fill_printer((PRINTER_INFO_2W *)into, L"\\\\server\\A4 \x529e\x516c\x5ba4", &end);
  fill_printer((PRINTER_INFO_2W *)into + 1, NAME, &end);
  *returned = 2;
  return leave(TRUE);
}

EXPORT BOOL WINAPI GetDefaultPrinterW(LPWSTR into, LPDWORD length) {
  if (*length < wcslen(NAME) + 1) return fail(ERROR_INSUFFICIENT_BUFFER);
  wcscpy(into, NAME);
  *length = (DWORD)wcslen(NAME) + 1;
  return TRUE;
}
