namespace WsusDashboard.Dashboard.Data.Packing;

/// <summary>Months of the UTC calendar as whole numbers: year × 12 + month − 1.</summary>
internal static class Month
{
    public static int Of(DateTime utc) => (utc.Year * 12) + utc.Month - 1;

    public static DateTime StartOf(int month) => new(month / 12, (month % 12) + 1, 1, 0, 0, 0, DateTimeKind.Utc);
}
