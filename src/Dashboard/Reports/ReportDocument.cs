namespace WsusDashboard.Dashboard.Reports;

/// <summary>A report as people read it: the same text in mail, PDF and page. All of it is plain text; whoever prints it escapes it.</summary>
/// <param name="Title">What it is about.</param>
/// <param name="Subtitle">Whose servers, and from when to when.</param>
/// <param name="Sentence">All of it in one sentence.</param>
/// <param name="Sections">In the order of reading.</param>
/// <param name="Footer">When it was made, by whom, and its number.</param>
public sealed record ReportDocument(string Title, string Subtitle, string Sentence, IReadOnlyList<ReportSection> Sections, string Footer);

/// <summary>One part of a report.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Lead">What it says, in a sentence or two.</param>
/// <param name="Table">The numbers behind it; null where there are none.</param>
public sealed record ReportSection(string Title, string Lead, ReportTable? Table = null);

/// <summary>A table of a report.</summary>
/// <param name="Columns">From left to right.</param>
/// <param name="Rows">As many cells as there are columns.</param>
/// <param name="LeftOff">How many rows there would be more.</param>
public sealed record ReportTable(IReadOnlyList<ReportColumn> Columns, IReadOnlyList<IReadOnlyList<string>> Rows, int LeftOff = 0);

/// <summary>A column of a table.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Share">How wide it is, compared with the others.</param>
/// <param name="IsNumber">Numbers stand at the right.</param>
public sealed record ReportColumn(string Title, double Share = 1, bool IsNumber = false);
