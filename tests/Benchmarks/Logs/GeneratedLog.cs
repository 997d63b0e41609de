using System.Globalization;
using System.Text;

namespace WsusDashboard.Benchmarks.Logs;

/// <summary>Writes a wsyncmgr.log of any size: what a site says of its synchronizations, most of it a line for every update.</summary>
internal static class GeneratedLog
{
    private const int UpdatesOfARun = 20_000;
    private const int LinesBetweenProgress = 100;
    private static readonly DateTime First = new(2026, 1, 5, 6, 0, 0);

    /// <param name="path">The file.</param>
    /// <param name="bytes">At least so long.</param>
    /// <param name="isFullForm">The form with severity, else the plain one.</param>
    /// <returns>How many synchronizations stand in it.</returns>
    public static int Write(string path, long bytes, bool isFullForm)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1024 * 1024);
        var runs = 0;
        var at = First;
        while (file.Length < bytes)
        {
            WriteRun(file, ref at, runs++, isFullForm);
        }

        return runs;
    }

    /// <summary>A real log again and again, until it is as long.</summary>
    public static void Repeat(string path, string realLog, long bytes)
    {
        var content = File.ReadAllBytes(realLog);
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1024 * 1024);
        while (file.Length < bytes)
        {
            file.Write(content);
            file.Write("\r\n"u8);
        }
    }

    private static void WriteRun(FileStream file, ref DateTime at, int run, bool isFullForm)
    {
        Line(file, ref at, "Wakeup for scheduled regular sync", isFullForm);
        Line(file, ref at, "Starting Sync", isFullForm);
        Line(file, ref at, "STATMSG: ID=6701 SEV=I LEV=M SOURCE=\"SMS Server\" COMP=\"SMS_WSUS_SYNC_MANAGER\" SYS=brn-wsus02.corp.example SITE=BRN PID=4712 TID=6156 NUMATTRS=0", isFullForm);
        for (var update = 0; update < UpdatesOfARun; update++)
        {
            Line(file, ref at, string.Create(CultureInfo.InvariantCulture, $"Synchronizing update 7f3c0c1a-2b5b-4a27-8df5-{run:x4}{update:x8} - 2026-01 Cumulative Update for Windows 11 (KB{5_000_000 + update})"), isFullForm);
            if (update % LinesBetweenProgress == 0)
            {
                Line(file, ref at, string.Create(CultureInfo.InvariantCulture, $"sync: SMS synchronizing updates, processed {update} out of {UpdatesOfARun} items ({update * 100 / UpdatesOfARun}%), ETA in 00:12:30"), isFullForm);
            }
        }

        Line(file, ref at, run % 5 == 4 ? "Sync failed: The operation has timed out. Source: CWSyncMgr::DoSync" : "Sync succeeded. Setting sync alert to canceled state on site BRN", isFullForm);
    }

    private static void Line(FileStream file, ref DateTime at, string text, bool isFullForm)
    {
        at = at.AddMilliseconds(17);
        var line = isFullForm
            ? string.Create(CultureInfo.InvariantCulture, $"<![LOG[{text}]LOG]!><time=\"{at:HH:mm:ss.fff}+300\" date=\"{at:MM-dd-yyyy}\" component=\"SMS_WSUS_SYNC_MANAGER\" context=\"\" type=\"1\" thread=\"6156\" file=\"wsyncmgr.cpp:1\">\r\n")
            : string.Create(CultureInfo.InvariantCulture, $"{text}  $$<SMS_WSUS_SYNC_MANAGER><{at:MM-dd-yyyy HH:mm:ss.fff}+300><thread=6156 (0x180C)>\r\n");
        file.Write(Encoding.UTF8.GetBytes(line));
    }
}
