using GoNoGo.Tensors.Formats;

namespace GoNoGo.Learning.Checkpoints.Pickle;

/// <summary>
/// What reading a checkpoint's structure may allocate: twice the size of the file and 8 MB. Everything made of the file's
/// word is charged before it is made, generously, so that one byte of a file cannot become many of memory.
/// </summary>
internal sealed class MemoryBudget(string file, long fileBytes)
{
    private const long Base = 8L << 20;

    private long _left = (2 * fileBytes) + Base;

    /// <summary>The cost of an object with two fields.</summary>
    public const int ObjectBytes = 48;

    /// <summary>The cost of a slot in a growing list: lists double, and copy when they do.</summary>
    public const int SlotBytes = 24;

    /// <summary>The cost of an entry in a growing dictionary.</summary>
    public const int EntryBytes = 96;

    /// <summary>Takes from the budget.</summary>
    /// <exception cref="TensorFileException">Nothing is left.</exception>
    public void Charge(long bytes)
    {
        _left -= bytes;
        if (_left < 0)
        {
            throw new TensorFileException($"'{file}' is damaged or hostile: its structure would take more memory than a file of {fileBytes} bytes may.");
        }
    }
}
