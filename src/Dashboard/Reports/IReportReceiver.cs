namespace WsusDashboard.Dashboard.Reports;

/// <summary>Takes reports that were made by the schedule, for example to send them by mail. All that are registered get each report; one that fails doesn't keep it from the others.</summary>
public interface IReportReceiver
{
    /// <summary>Takes it; whether and to whom it goes is the receiver's matter. It must come back soon: what takes long is a job of its own.</summary>
    Task TakeAsync(FinishedReport report, CancellationToken cancellationToken);
}

/// <summary>A report that is kept, ready to be sent.</summary>
/// <param name="Id">Its number; its page is /reports/{id}.</param>
/// <param name="Site">The site it is about; null = the whole fleet. Only who may see that may get it.</param>
/// <param name="FileName">Without ending, safe in every file system: "weekly-2026-11-23-fleet".</param>
/// <param name="Document">For <see cref="ReportHtml"/>, <see cref="ReportText"/> and <see cref="ReportPdf"/>.</param>
/// <param name="Csv">The numbers, one row a server; UTF-8.</param>
public sealed record FinishedReport(long Id, string? Site, string FileName, ReportDocument Document, byte[] Csv);
