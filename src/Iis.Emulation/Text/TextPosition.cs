namespace WsusDashboard.Iis.Emulation.Text;

/// <summary>A place in a text; line and column count from 1.</summary>
internal readonly record struct TextPosition(int Line, int Column)
{
    public static TextPosition Start { get; } = new(1, 1);
}
