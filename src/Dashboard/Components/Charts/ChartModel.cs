namespace WsusDashboard.Dashboard.Components.Charts;

/// <summary>One row of the table beside a chart.</summary>
/// <param name="Name">What the row is about.</param>
/// <param name="Values">In the order of the columns.</param>
/// <param name="Href">Where the name leads; null where nowhere.</param>
public sealed record ChartRow(string Name, IReadOnlyList<string> Values, string? Href = null);

/// <summary>What a chart draws and the same numbers as a table: made together, so that they cannot differ.</summary>
public sealed record ChartModel
{
    /// <summary>As <see cref="Chart.Options"/>; null where something else is drawn.</summary>
    public object? Options { get; init; }

    /// <summary>The chart in one sentence, for a person who does not see it.</summary>
    public required string Label { get; init; }

    /// <summary>What <see cref="ChartRow.Name"/> is: "Day", "Cause".</summary>
    public required string RowTitle { get; init; }

    public required IReadOnlyList<string> Columns { get; init; }

    public required IReadOnlyList<ChartRow> Rows { get; init; }

    /// <summary>False where there is nothing to draw.</summary>
    public bool HasData { get; init; } = true;

    public int HeightPixels { get; init; } = 220;

    /// <summary>True where the columns of the table are texts and not numbers.</summary>
    public bool HasTextColumns { get; init; }

    /// <summary>As <see cref="Chart.HasDragZoom"/>.</summary>
    public bool HasDragZoom { get; init; }
}
