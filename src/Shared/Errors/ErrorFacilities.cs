namespace WsusDashboard.Shared.Errors;

/// <summary>What the bits of an HRESULT say of where it comes from (winerror.h: the upper half is severity and facility).</summary>
public static class ErrorFacilities
{
    private const uint SeverityBit = 0x8000_0000;
    private const uint NtErrorBits = 0xC000_0000;
    private const int FacilityShift = 16;
    private const int FacilityMask = 0x1FFF;
    private const int LowestWinHttp = 12_000;
    private const int HighestWinHttp = 12_199;

    /// <summary>True for a number whose bits say that it is an error, from a place that is known.</summary>
    public static bool IsError(uint value) => HasErrorBit(value) && FamilyOf(value) is not ErrorFamily.Other;

    /// <summary>True where the severity says error.</summary>
    public static bool HasErrorBit(uint value) => (value & SeverityBit) != 0;

    /// <summary>Whose error an HRESULT or NTSTATUS is, by its facility; Other where the facility isn't known.</summary>
    public static ErrorFamily FamilyOf(uint value)
    {
        if ((value & NtErrorBits) == NtErrorBits)
        {
            return (value & 0x0FFF_0000) <= 0x00FF_0000 ? ErrorFamily.Windows : ErrorFamily.Other;
        }

        return ((value >> FacilityShift) & FacilityMask) switch
        {
            0x000 or 0x001 or 0x002 or 0x003 or 0x004 or 0x008 or 0x010 or 0x011 => ErrorFamily.Com,
            0x007 => (value & ushort.MaxValue) is >= LowestWinHttp and <= HighestWinHttp ? ErrorFamily.WinHttp : ErrorFamily.Windows,
            0x009 => ErrorFamily.Security,
            0x00B => ErrorFamily.Trust,
            0x00F or 0x00C or 0x00D => ErrorFamily.Windows,
            0x013 => ErrorFamily.DotNet,
            0x019 => ErrorFamily.Http,
            0x020 => ErrorFamily.Bits,
            0x024 => ErrorFamily.WindowsUpdate,
            _ => ErrorFamily.Other,
        };
    }
}
