using System.Globalization;

namespace WsusDashboard.Shared.Errors;

/// <summary>All there is to say of one error number, also of one that the table doesn't have.</summary>
/// <param name="Number">As <see cref="ErrorNumber.ToString"/> writes it.</param>
/// <param name="Forms">Other ways in which the same number is written.</param>
/// <param name="Symbol">As in <see cref="KnownError"/>; empty where none is known.</param>
/// <param name="Family">Whose error it is; Other where that isn't known.</param>
/// <param name="Words">What it says; of an unknown one only whose it is.</param>
/// <param name="Source">Address of the page that documents it; empty for an unknown one.</param>
/// <param name="IsKnown">True where the table has it.</param>
public sealed record ErrorExplanation(string Number, IReadOnlyList<string> Forms, string Symbol, ErrorFamily Family, string Words, string Source, bool IsKnown)
{
    public static ErrorExplanation Of(ErrorNumber number) => ErrorNumbers.Find(number) is { } known
        ? new(number.ToString(), FormsOf(number), known.Symbol, known.Family, known.Words, known.Source, IsKnown: true)
        : new(number.ToString(), FormsOf(number), "", FamilyOf(number), Honestly(number), "", IsKnown: false);

    private static List<string> FormsOf(ErrorNumber number)
    {
        var forms = new List<string>();
        if (number.Kind is ErrorKind.Windows)
        {
            forms.Add(Text(unchecked((int)number.Value)));
            if (number.Value > int.MaxValue)
            {
                forms.Add(Text(number.Value));
            }
        }

        if (number.Win32 is { } win32)
        {
            forms.Add($"Win32 {Text(win32)}");
        }

        if (number is { HttpStatus: { } status } and not { Kind: ErrorKind.Http })
        {
            forms.Add(ErrorNumber.Http(status).ToString());
        }

        if (number.Kind is ErrorKind.Http)
        {
            forms.Add(string.Create(CultureInfo.InvariantCulture, $"0x{0x8019_0000 | number.Value:X8}"));
        }

        return forms;

        static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
    }

    private static ErrorFamily FamilyOf(ErrorNumber number) => number.Kind switch
    {
        ErrorKind.Windows => ErrorFacilities.FamilyOf(number.Value),
        ErrorKind.Http => ErrorFamily.Http,
        ErrorKind.Iis => ErrorFamily.Iis,
        ErrorKind.SqlServer => ErrorFamily.SqlServer,
        ErrorKind.SqlState => ErrorFamily.Odbc,
        ErrorKind.StatusMessage => ErrorFamily.ConfigMgr,
        ErrorKind.WsusEvent => ErrorFamily.Wsus,
        _ => ErrorFamily.Other,
    };

    /// <summary>Whose it is, and that no more is known: a guess would send someone the wrong way.</summary>
    private static string Honestly(ErrorNumber number)
    {
        if (number.Kind is ErrorKind.Windows && !ErrorFacilities.HasErrorBit(number.Value))
        {
            return "not an error by its bits, and not a number this table has";
        }

        var family = FamilyOf(number);
        return family switch
        {
            ErrorFamily.Other => "an error of a part of Windows this table doesn't know",
            ErrorFamily.Iis or ErrorFamily.SqlServer or ErrorFamily.Odbc or ErrorFamily.Http => $"an {ErrorFamilies.NameOf(family)} error this table doesn't have",
            _ => $"a {ErrorFamilies.NameOf(family)} error this table doesn't have",
        };
    }
}
