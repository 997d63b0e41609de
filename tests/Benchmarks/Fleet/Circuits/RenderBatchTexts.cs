#pragma warning disable BL0006 // What a browser is sent is read as the browser reads it.
using System.Buffers.Binary;
using System.Text;
using Microsoft.AspNetCore.Components.RenderTree;

namespace WsusDashboard.Benchmarks.Fleet.Circuits;

/// <summary>Reads a render batch as a browser gets it, for the texts that it changes in place; what is inserted anew is left out.</summary>
/// <remarks>The layout is that of blazor.web.js (OutOfProcessRenderBatch): five offsets at the end, all numbers little-endian.</remarks>
internal static class RenderBatchTexts
{
    private const int EditLength = 16;
    private const int NewTreeIndexOffset = 8;
    private const int FrameLength = 20;
    private const int FrameTextOffset = 4;

    public static List<string> Read(ReadOnlySpan<byte> batch)
    {
        var texts = new List<string>();
        var components = Number(batch, batch.Length - 20);
        var frames = Number(batch, batch.Length - 16) + sizeof(int);
        var strings = Number(batch, batch.Length - 4);
        for (var component = 0; component < Number(batch, components); component++)
        {
            var difference = Number(batch, components + sizeof(int) + (component * sizeof(int)));
            var count = Number(batch, difference + sizeof(int));
            for (var edit = 0; edit < count; edit++)
            {
                var position = difference + (2 * sizeof(int)) + (edit * EditLength);
                if (Number(batch, position) == (int)RenderTreeEditType.UpdateText)
                {
                    var frame = frames + (Number(batch, position + NewTreeIndexOffset) * FrameLength);
                    texts.Add(Text(batch, strings, Number(batch, frame + FrameTextOffset)));
                }
            }
        }

        return texts;
    }

    private static string Text(ReadOnlySpan<byte> batch, int strings, int index)
    {
        if (index < 0)
        {
            return "";
        }

        var position = Number(batch, strings + (index * sizeof(int)));
        var (length, shift) = (0, 0);
        byte next;
        do
        {
            next = batch[position++];
            length |= (next & 0x7F) << shift;
            shift += 7;
        }
        while ((next & 0x80) != 0);

        return Encoding.UTF8.GetString(batch.Slice(position, length));
    }

    private static int Number(ReadOnlySpan<byte> batch, int position) => BinaryPrimitives.ReadInt32LittleEndian(batch[position..]);
}
