namespace GoNoGo.Vision.Imaging.Jpeg;

/// <summary>
/// The transforms to fewer samples, for a scaled decode: the even and odd parts of the full one with what the smaller size needs
/// of them (4 x 4, 2 x 2), or the mean (1 x 1). Constants as <see cref="CosineTransform"/> has them.
/// </summary>
internal static unsafe class ReducedTransform
{
    private const int C0_211164243 = 1730;
    private const int C0_509795579 = 4176;
    private const int C0_601344887 = 4926;
    private const int C0_720959822 = 5906;
    private const int C0_765366865 = 6270;
    private const int C0_850430095 = 6967;
    private const int C0_899976223 = 7373;
    private const int C1_061594337 = 8697;
    private const int C1_272758580 = 10426;
    private const int C1_451774981 = 11893;
    private const int C1_847759065 = 15137;
    private const int C2_172734803 = 17799;
    private const int C2_562915447 = 20995;
    private const int C3_624509785 = 29692;

    /// <summary>To 4 x 4 samples. The fourth coefficients of rows and columns have no part in it.</summary>
    public static void Four(short* coefficients, int* steps, byte* destination, nint stride)
    {
        int* work = stackalloc int[32];
        int* column = stackalloc int[8];
        for (int i = 0; i < 8; i++)
        {
            if (i == 4)
            {
                continue;
            }

            for (int k = 0; k < 8; k++)
            {
                column[k] = coefficients[(8 * k) + i] * steps[(8 * k) + i];
            }

            FourOf(column, CosineTransform.FirstShift + 1, work + i, 8);
        }

        int* row = stackalloc int[4];
        for (int i = 0; i < 4; i++)
        {
            FourOf(work + (8 * i), CosineTransform.SecondShift + 1, row, 1);
            for (int x = 0; x < 4; x++)
            {
                destination[(i * stride) + x] = JpegTransform.Limit(row[x]);
            }
        }
    }

    /// <summary>To 2 x 2 samples. Only the first and the odd coefficients have a part in it.</summary>
    public static void Two(short* coefficients, int* steps, byte* destination, nint stride)
    {
        int* work = stackalloc int[16];
        int* column = stackalloc int[8];
        for (int i = 0; i < 8; i++)
        {
            if (i is 2 or 4 or 6)
            {
                continue;
            }

            for (int k = 0; k < 8; k++)
            {
                column[k] = coefficients[(8 * k) + i] * steps[(8 * k) + i];
            }

            TwoOf(column, CosineTransform.FirstShift + 2, work + i, 8);
        }

        int* row = stackalloc int[2];
        for (int i = 0; i < 2; i++)
        {
            TwoOf(work + (8 * i), CosineTransform.SecondShift + 2, row, 1);
            destination[i * stride] = JpegTransform.Limit(row[0]);
            destination[(i * stride) + 1] = JpegTransform.Limit(row[1]);
        }
    }

    /// <summary>To one sample.</summary>
    public static void One(short* coefficients, int* steps, byte* destination, nint stride) =>
        JpegTransform.Flat(coefficients[0] * steps[0], 1, destination, stride);

    private static void FourOf(int* v, int shift, int* result, int step)
    {
        int even = v[0] << (CosineTransform.ConstantBits + 1);
        int rotated = (v[2] * C1_847759065) - (v[6] * C0_765366865);
        int even0 = even + rotated;
        int even1 = even - rotated;
        int odd1 = (v[7] * -C0_211164243) + (v[5] * C1_451774981) + (v[3] * -C2_172734803) + (v[1] * C1_061594337);
        int odd0 = (v[7] * -C0_509795579) + (v[5] * -C0_601344887) + (v[3] * C0_899976223) + (v[1] * C2_562915447);
        result[0] = Descale(even0 + odd0, shift);
        result[3 * step] = Descale(even0 - odd0, shift);
        result[step] = Descale(even1 + odd1, shift);
        result[2 * step] = Descale(even1 - odd1, shift);
    }

    private static void TwoOf(int* v, int shift, int* result, int step)
    {
        int even = v[0] << (CosineTransform.ConstantBits + 2);
        int odd = (v[7] * -C0_720959822) + (v[5] * C0_850430095) + (v[3] * -C1_272758580) + (v[1] * C3_624509785);
        result[0] = Descale(even + odd, shift);
        result[step] = Descale(even - odd, shift);
    }

    private static int Descale(int value, int bits) => (value + (1 << (bits - 1))) >> bits;
}
