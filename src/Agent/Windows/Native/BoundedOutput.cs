using System.Text;

namespace WsusDashboard.Agent.Windows.Native;

/// <summary>Keeps the first 8 KB of a program's output. Lines may come from two threads at once.</summary>
internal sealed class BoundedOutput
{
    public const int MaximumCharacters = 8 * 1024;

    private readonly StringBuilder _text = new();
    private readonly Lock _gate = new();

    public void Append(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_gate)
        {
            var room = MaximumCharacters - _text.Length;
            if (room > 0)
            {
                _text.Append(line.AsSpan(0, Math.Min(line.Length, room)));
            }

            if (room > line.Length)
            {
                _text.Append('\n');
            }
        }
    }

    public override string ToString()
    {
        lock (_gate)
        {
            return _text.ToString().TrimEnd();
        }
    }
}
